#include "io/detail/label_mapper.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <calibrant/evaluation/prediction_batch.hpp>

#include "io/detail/nearest_name.hpp"
#include "io/detail/number_text.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t longest_shown = 60;  // bytes of a label

std::string expected(const class_names& classes) {
  const auto& names = classes.names();
  const std::size_t last = names.size() - 1;
  if (names.size() > 5 && names.front() == "0" && names[last] == std::to_string(last) &&
      classes.find(std::int64_t{1}) == 1)
    return fmt::format("0..{}", last);
  return "one of " + quoted_list(names, 5);
}

}  // namespace

std::string line_note(const row_place& place) {
  return place.line == 0 ? std::string() : fmt::format(" (line {})", place.line);
}

label_mapper::label_mapper(const class_names& classes, row_problems& problems, std::string note, const char* word)
    : classes_(classes), problems_(problems), note_(std::move(note)), word_(word) {}

std::int32_t label_mapper::missing(const row_place& place) {
  if (seen_ != nullptr) return refused_label;
  const bool first = problems_[row_problem::missing_label].count == 0;
  problems_.record(
      row_problem::missing_label, place.source, place.row,
      first ? fmt::format("has no {}{}{}, expected {}", word_, note_, line_note(place), expected(classes_)) : "");
  return refused_label;
}

std::int32_t label_mapper::refuse(std::string_view text, const row_place& place) {
  if (text == "nan" || text == "NaN") return missing(place);
  if (zero_and_one_ && (text == "0" || text == "1")) return (*zero_and_one_)[text == "1" ? 1 : 0];
  const bool first = problems_[row_problem::unknown_label].count == 0;
  problems_.record(row_problem::unknown_label, place.source, place.row,
                   first ? fmt::format("has {} \"{}\"{}{}, expected {}{}", word_, text.substr(0, longest_shown), note_,
                                       line_note(place), expected(classes_), advice(text))
                         : "");
  return refused_label;
}

std::string label_mapper::advice(std::string_view text) const {
  const auto& names = classes_.names();
  for (const std::string& name : names)
    if (!text.empty() && name.size() > text.size() && name.ends_with(text)) {
      const std::string before = name.substr(0, name.size() - text.size());
      return fmt::format("; with --scores '{}*' the classes are named by what follows \"{}\"", before, before);
    }
  const auto number = parse_number(text);
  const bool whole =
      number && *number >= 0 && *number <= static_cast<double>(names.size()) && *number == std::floor(*number);
  const auto index = whole ? static_cast<std::int64_t>(*number) : 0;
  if (whole && classes_.find(index)) return fmt::format("; labels match class names as text: write {}", index);
  const bool indexed = names.front() == "0" && names.back() == std::to_string(names.size() - 1);
  if (whole && indexed)
    return fmt::format("; if the labels count from 1, name the classes so with --classes 1,2{}{}",
                       names.size() > 3    ? ",...,"
                       : names.size() == 3 ? ","
                                           : "",
                       names.size() > 2 ? std::to_string(names.size()) : "");
  if (whole)
    return fmt::format(
        "; labels match class names, not positions: if they are positions, name the classes so with "
        "--classes 0,1{}",
        names.size() > 2 ? ",..." : "");
  if (indexed && !number) return "; name the classes in the order of the columns with --classes";
  return "";
}

}  // namespace calibrant::io
