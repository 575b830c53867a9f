#include "io/detail/label_mapper.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <calibrant/evaluation/prediction_batch.hpp>

#include "io/detail/nearest_name.hpp"
#include "io/detail/number_text.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t longest_shown = 60;  // bytes of a label

std::string common_prefix(const std::vector<std::string>& names) {
  std::string_view prefix = names.front();
  for (const std::string& name : names) {
    const auto [end, ignored] = std::mismatch(prefix.begin(), prefix.end(), name.begin(), name.end());
    prefix = prefix.substr(0, static_cast<std::size_t>(end - prefix.begin()));
  }
  return std::string(prefix);
}

std::string expected(const class_names& classes) {
  const auto& names = classes.names();
  const std::size_t last = names.size() - 1;
  if (names.size() > 5 && names.front() == "0" && names[last] == std::to_string(last) &&
      classes.find(std::int64_t{1}) == 1)
    return fmt::format("0..{}", last);
  return "one of " + list_of(names, 5);
}

}  // namespace

std::string line_note(const row_place& place) {
  return place.line == 0 ? std::string() : fmt::format(" (line {})", place.line);
}

label_mapper::label_mapper(const class_names& classes, row_problems& problems, std::string note)
    : classes_(classes), problems_(problems), note_(std::move(note)), prefix_(common_prefix(classes.names())) {}

std::int32_t label_mapper::missing(const row_place& place) {
  const bool first = problems_[row_problem::missing_label].count == 0;
  problems_.record(
      row_problem::missing_label, place.source, place.row,
      first ? fmt::format("has no label{}{}, expected {}", note_, line_note(place), expected(classes_)) : "");
  return refused_label;
}

std::int32_t label_mapper::refuse(std::string_view text, const row_place& place) {
  if (text == "nan" || text == "NaN") return missing(place);
  const bool first = problems_[row_problem::unknown_label].count == 0;
  problems_.record(row_problem::unknown_label, place.source, place.row,
                   first ? fmt::format("has label \"{}\"{}{}, expected {}{}", text.substr(0, longest_shown), note_,
                                       line_note(place), expected(classes_), advice(text))
                         : "");
  return refused_label;
}

std::string label_mapper::advice(std::string_view text) const {
  if (!prefix_.empty() && classes_.find(prefix_ + std::string(text)))
    return fmt::format("; with --scores '{}*' the classes are named by what follows \"{}\"", prefix_, prefix_);
  const auto number = parse_number(text);
  if (number && *number >= 0 && *number < static_cast<double>(classes_.size()) &&
      classes_.find(static_cast<std::int64_t>(*number)) == static_cast<std::int32_t>(*number) &&
      *number == static_cast<double>(static_cast<std::int64_t>(*number)))
    return fmt::format("; labels match class names as text: write {}", static_cast<std::int64_t>(*number));
  return "";
}

}  // namespace calibrant::io
