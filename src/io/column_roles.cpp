#include "io/detail/column_roles.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <calibrant/core/error.hpp>
#include <calibrant/core/text_list.hpp>

#include "io/detail/nearest_name.hpp"
#include "io/detail/number_text.hpp"

namespace calibrant::io {
namespace {

/// The two parts of a pattern around its '*'.
struct star_pattern {
  std::string_view before;
  std::string_view after;

  /// `option` names what the pattern is for, e.g. "scores".
  star_pattern(std::string_view pattern, std::string_view option) {
    const std::size_t star = pattern.find('*');
    if (pattern.find('*', star + 1) != std::string_view::npos)
      throw error(error_code::invalid_argument,
                  fmt::format("{}: got the pattern \"{}\", expected exactly one '*'", option, pattern));
    before = pattern.substr(0, star);
    after = pattern.substr(star + 1);
  }
  /// What '*' stands for in `text`, at least one character; nothing if the text does not match.
  [[nodiscard]] std::optional<std::string_view> matched(std::string_view text) const {
    if (text.size() <= before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after))
      return std::nullopt;
    return text.substr(before.size(), text.size() - before.size() - after.size());
  }
};

bool is_pattern(const std::optional<std::string>& columns) {
  return columns && columns->find('*') != std::string::npos;
}

/// Tells of a column whether something else than the scores claims it.
class other_roles {
 public:
  explicit other_roles(const input_options& options) : options_(options) {
    if (is_pattern(options.soft_labels))
      shares_.emplace(*options.soft_labels, "soft labels");
    else if (options.soft_labels)
      listed_shares_ = split_list(*options.soft_labels);
  }
  [[nodiscard]] bool claim(const std::string& column) const {
    const bool truth = options_.correct ? column == options_.correct
                       : shares_        ? shares_->matched(column).has_value()
                       : options_.soft_labels
                           ? std::find(listed_shares_.begin(), listed_shares_.end(), column) != listed_shares_.end()
                           : column == options_.label;
    return truth || column == options_.weight || column == options_.group || column == options_.prediction ||
           column == options_.id;
  }

 private:
  const input_options& options_;
  std::optional<star_pattern> shares_;
  std::vector<std::string> listed_shares_;
};

[[noreturn]] void refuse_two_roles(const std::string& path, const std::string& column) {
  throw error(error_code::invalid_argument,
              fmt::format("{}: column \"{}\" is listed as a score and is also the label or another key column; "
                          "expected one role for each column",
                          path, column));
}

/// What a header without the expected columns tells of the file; empty if nothing.
std::string oddity(const std::vector<std::string>& columns) {
  if (columns.size() == 1)
    for (const auto& [separator, name] : {std::pair(';', "semicolons"), {'\t', "tabs"}, {'|', "bars"}, {',', "commas"}})
      if (columns[0].find(separator) != std::string::npos)
        return fmt::format(
            "the header \"{}\" looks separated by {}, expected commas in a .csv file and tabs in a .tsv file, and "
            "points "
            "in numbers; save the table so",
            columns[0].substr(0, 60), name);
  for (const std::string& column : columns)
    if (parse_number(column) && column.find_first_of(".eE") != std::string::npos)
      return fmt::format("the first line holds numbers such as {}, expected the names of the columns; add such a line",
                         column.substr(0, 60));
  return "";
}

score_selection match_pattern(const std::string& path, const std::vector<std::string>& columns,
                              const input_options& options) {
  const star_pattern pattern(*options.scores, "scores");
  const other_roles others(options);
  score_selection selection;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto name = pattern.matched(columns[i]);
    if (!name || others.claim(columns[i])) continue;
    selection.columns.push_back(i);
    selection.names.emplace_back(*name);
  }
  if (selection.columns.empty()) {
    const std::string odd = oddity(columns);
    throw error(
        error_code::missing_input,
        fmt::format(
            "{}: no column matches the pattern \"{}\" of the scores; {}", path, *options.scores,
            odd.empty() ? fmt::format("columns: {}; give another pattern with --scores", quoted_list(columns)) : odd));
  }
  return selection;
}

}  // namespace

std::vector<bool> claimed_columns(const std::vector<std::string>& columns, const input_options& options) {
  const other_roles others(options);
  std::vector<bool> claimed(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) claimed[i] = others.claim(columns[i]);
  return claimed;
}

void require_distinct_columns(const std::string& path, const std::vector<std::string>& columns) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto [known, inserted] = first.emplace(columns[i], i);
    if (inserted) continue;
    const std::string odd = oddity(columns);
    throw error(error_code::malformed_input,
                fmt::format("{}: columns {} and {} are both named \"{}\", expected each name once; {}", path,
                            known->second + 1, i + 1, columns[i], odd.empty() ? "rename one" : odd));
  }
}

std::size_t find_column(const std::string& path, const std::vector<std::string>& columns, const std::string& name,
                        const char* role) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) {
    const std::string odd = oddity(columns);
    throw error(error_code::missing_input,
                fmt::format("{}: there is no {} column \"{}\"; {}", path, role, name,
                            odd.empty() ? fmt::format("{}; name it with --{}{}", suggest(name, columns), role,
                                                      std::string_view(role) == "score" ? "s" : "")
                                        : odd));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

void find_key_columns(const std::string& path, const std::vector<std::string>& columns, const input_options& options,
                      column_roles& roles, file_part part) {
  const auto find = [&](const std::optional<std::string>& name, const char* role) {
    return name ? std::optional(find_column(path, columns, *name, role)) : std::nullopt;
  };
  roles.id = find(options.id, "id");
  if (part != file_part::labels) roles.prediction = find(options.prediction, "prediction");
  if (part == file_part::predictions) return;
  if (options.correct)
    roles.correct = find(options.correct, "correct");
  else if (!options.soft_labels)
    roles.label = find_column(path, columns, options.label, "label");
  roles.weight = find(options.weight, "weight");
  roles.group = find(options.group, "group");
}

std::vector<std::size_t> select_label_shares(const std::string& path, const std::vector<std::string>& columns,
                                             const input_options& options, const class_names& classes) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> shares(classes.size(), none);
  if (!is_pattern(options.soft_labels)) {
    const std::vector<std::string> names = split_list(*options.soft_labels);
    if (names.size() != classes.size())
      throw error(error_code::shape_mismatch,
                  fmt::format("{}: {} columns of soft labels and {} classes, expected as many, in the order of the "
                              "classes; name them with --soft-labels",
                              path, names.size(), classes.size()));
    for (std::size_t k = 0; k < names.size(); ++k) shares[k] = find_column(path, columns, names[k], "soft-labels");
    return shares;
  }
  const star_pattern pattern(*options.soft_labels, "soft labels");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto name = pattern.matched(columns[i]);
    if (!name) continue;
    const auto k = classes.find(*name);
    if (!k)
      throw error(error_code::invalid_classes,
                  fmt::format("{}: column \"{}\" of the soft labels names class \"{}\", expected one of {}; give "
                              "another pattern with --soft-labels or list the columns in the order of the classes",
                              path, columns[i], *name, quoted_list(classes.names(), 5)));
    shares[static_cast<std::size_t>(*k)] = i;
  }
  const auto absent = std::find(shares.begin(), shares.end(), none);
  if (absent != shares.end())
    throw error(error_code::missing_input,
                fmt::format("{}: no column of the soft labels \"{}\" is for class \"{}\", expected one for each of the "
                            "{} classes; {}",
                            path, *options.soft_labels, classes[static_cast<std::size_t>(absent - shares.begin())],
                            classes.size(), suggest(*options.soft_labels, columns)));
  return shares;
}

score_selection select_scores(const std::string& path, const std::vector<std::string>& columns,
                              const input_options& options) {
  if (is_pattern(options.scores)) return match_pattern(path, columns, options);
  const other_roles others(options);
  score_selection selection;
  const auto select = [&](const std::string& name, const char* role) {
    selection.columns.push_back(find_column(path, columns, name, role));
    if (others.claim(name)) refuse_two_roles(path, name);
  };
  if (options.confidence || options.positive) {
    select(options.confidence ? *options.confidence : options.positive->column,
           options.confidence ? "confidence" : "positive");
    return selection;
  }
  if (options.scores) {
    selection.names = split_list(*options.scores);
    for (const std::string& name : selection.names) select(name, "score");
    return selection;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (others.claim(columns[i])) continue;
    if (columns[i].empty())
      throw error(error_code::invalid_classes,
                  fmt::format("{}: column {} has no name, expected a class name; it may be a row index saved with the "
                              "table: select the score columns with --scores 'p_*' or --scores a,b,c",
                              path, i + 1));
    selection.columns.push_back(i);
    selection.names.push_back(columns[i]);
  }
  return selection;
}

class_names resolve_classes(const std::string& path, std::size_t count, const std::vector<std::string>& from_columns,
                            const input_options& options) {
  if (count < 2)
    throw error(
        error_code::invalid_classes,
        fmt::format("{}: found {} score column{}, expected one per class, at least 2; also the second class of "
                    "two needs its column",
                    path, count == 0 ? "no" : "1", from_columns.size() == 1 ? " \"" + from_columns[0] + "\"" : ""));
  if (!options.classes.empty() && options.classes.size() != count)
    throw error(error_code::shape_mismatch,
                fmt::format("{}: {} score columns and {} class names, expected as many; give one name per column, in "
                            "column order",
                            path, count, options.classes.size()));
  try {
    if (!options.classes.empty()) return class_names(options.classes);
    if (!from_columns.empty()) return class_names(from_columns);
    return class_names::indexed(count);
  } catch (const error& problem) {
    throw error(problem.code(), fmt::format("{}: {}", path, problem.what()));
  }
}

}  // namespace calibrant::io
