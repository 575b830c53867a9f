#include "io/detail/class_discovery.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/nearest_name.hpp"

namespace calibrant::io {
namespace {

/// "0", "7", "12": digits that neither start with a needless 0 nor are too many to compare as text of equal length.
bool is_whole_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos &&
         (name == "0" || name.front() != '0');
}

void sort_names(std::vector<std::string>& names) {
  const bool numbers = std::all_of(names.begin(), names.end(), is_whole_number);
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return numbers && a.size() != b.size() ? a.size() < b.size() : a < b;
  });
}

class_names named(const std::string& path, std::vector<std::string> names) {
  try {
    return class_names(std::move(names));
  } catch (const error& problem) {
    throw error(problem.code(), fmt::format("{}: {}", path, problem.what()));
  }
}

}  // namespace

class_names classes_of_predictions(const std::string& path, std::vector<std::string> seen,
                                   const input_options& options) {
  if (!options.classes.empty()) return named(path, options.classes);
  if (seen.size() < 2)
    throw error(error_code::invalid_classes,
                fmt::format("{}: predictions and labels hold {}, expected at least 2 classes; name all of them with "
                            "--classes",
                            path, seen.empty() ? std::string("no class") : "the one class \"" + seen[0] + "\""));
  sort_names(seen);
  return named(path, std::move(seen));
}

two_classes classes_of_positive(const std::string& path, const std::vector<std::string>& seen,
                                const input_options& options) {
  const std::string& name = options.positive->name;
  if (!options.classes.empty()) {
    const auto found = std::find(options.classes.begin(), options.classes.end(), name);
    if (options.classes.size() != 2 || found == options.classes.end())
      throw error(error_code::invalid_classes,
                  fmt::format("{}: the classes are {}, expected two, one of them the positive class \"{}\"; change "
                              "--classes or --positive",
                              path, quoted_list(options.classes, 5), name));
    return {.classes = named(path, options.classes),
            .positive = static_cast<std::size_t>(found - options.classes.begin())};
  }
  std::vector<std::string> others;
  std::copy_if(seen.begin(), seen.end(), std::back_inserter(others), [&](const auto& label) { return label != name; });
  const bool zero_and_one =
      others.size() == seen.size() &&
      std::all_of(seen.begin(), seen.end(), [](const auto& label) { return label == "0" || label == "1"; });
  if (zero_and_one || others.empty())
    return {.classes = named(path, {name == "1" ? "0" : "not " + name, name}), .zero_and_one = zero_and_one};
  if (others.size() > 1)
    throw error(error_code::invalid_classes,
                fmt::format("{}: the labels are {}, expected the positive class \"{}\" and one other, or 0 and 1; name "
                            "one of them with --positive NAME COLUMN",
                            path, quoted_list(seen, 5), name));
  return {.classes = named(path, {others[0], name})};
}

}  // namespace calibrant::io
