#include "io/detail/row_keys.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "io/detail/number_text.hpp"

namespace calibrant::io {
namespace {

constexpr std::size_t longest_shown = 60;  // bytes of a cell

bool same_word(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](unsigned char a, char b) { return std::tolower(a) == b; });
}

}  // namespace

row_keys::row_keys(class_names classes, std::string label_note)
    : classes_(std::move(classes)),
      labels_(classes_, problems_, std::move(label_note), "label"),
      predictions_(classes_, problems_, "", "prediction") {}

row_keys::row_keys()
    : classes_(class_names::none()),
      looking_(true),
      labels_(classes_, problems_, "", "label"),
      predictions_(classes_, problems_, "", "prediction") {
  labels_.collect_into(seen_);
  predictions_.collect_into(seen_);
}

double row_keys::refuse_weight(double value, std::int32_t& label, const row_place& place) {
  if (label != refused_label) {
    const bool first = problems_[row_problem::invalid_weight].count == 0;
    problems_.record(row_problem::invalid_weight, place.source, place.row,
                     first ? fmt::format("has weight {}{}, expected a finite number of at least 0{}",
                                         std::isnan(value) ? "NaN or none" : fmt::format("{}", value), line_note(place),
                                         value > 0 && std::isfinite(value)
                                             ? ", from 1e-100 to 1e60 unless 0; divide all weights by one number"
                                             : "")
                           : "");
  }
  label = refused_label;
  return 0;
}

std::int32_t row_keys::correctness(std::string_view text, const row_place& place) {
  if (looking_) return text.empty() ? refused_label : seen_.index_of(text);
  if (same_word(text, "true")) return 0;
  if (same_word(text, "false")) return 1;
  const auto number = parse_number(text);
  if (number == 0.0 || number == 1.0) return number == 1.0 ? 0 : 1;
  const bool missing = text.empty() || same_word(text, "nan");
  const row_problem problem = missing ? row_problem::missing_label : row_problem::unknown_label;
  const bool first = problems_[problem].count == 0;
  problems_.record(problem, place.source, place.row,
                   !first
                       ? ""
                       : fmt::format("has {}{}, expected 0, 1, true or false for whether its prediction is correct",
                                     missing ? std::string("no correctness")
                                             : fmt::format("\"{}\" as its correctness", text.substr(0, longest_shown)),
                                     line_note(place)));
  return refused_label;
}

}  // namespace calibrant::io
