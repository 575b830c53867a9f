#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/class_names.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_problems.hpp>

#include "io/detail/group_dictionary.hpp"
#include "io/detail/label_mapper.hpp"

namespace calibrant::io {

/// What turns the label, weight and group of rows into the numbers of a batch, and remembers what it refused. One for
/// all sources of a data set.
class row_keys {
 public:
  row_keys(class_names classes, std::string label_note)
      : classes_(std::move(classes)), labels_(classes_, problems_, std::move(label_note)) {}
  row_keys(const row_keys&) = delete;
  row_keys& operator=(const row_keys&) = delete;

  [[nodiscard]] label_mapper& labels() noexcept { return labels_; }
  [[nodiscard]] group_dictionary& groups() noexcept { return groups_; }
  [[nodiscard]] const class_names& classes() const noexcept { return classes_; }
  [[nodiscard]] const group_dictionary& groups() const noexcept { return groups_; }
  [[nodiscard]] const row_problems& problems() const noexcept { return problems_; }

  /// The weight to put into the batch for a row whose label is `label`; a bad weight refuses the row (weight 0). A row
  /// that is refused already is not counted twice.
  [[nodiscard]] double weight(double value, std::int32_t& label, const row_place& place) {
    if (is_usable_weight(value)) return value;
    if (label != refused_label) {
      const bool first = problems_[row_problem::invalid_weight].count == 0;
      problems_.record(row_problem::invalid_weight, place.source, place.row,
                       first
                           ? fmt::format("has weight {}{}, expected a finite number of at least 0{}",
                                         std::isnan(value) ? "NaN or none" : fmt::format("{}", value), line_note(place),
                                         value > 0 && std::isfinite(value)
                                             ? ", from 1e-100 to 1e60 unless 0; divide all weights by one number"
                                             : "")
                           : "");
    }
    label = refused_label;
    return 0;
  }

 private:
  class_names classes_;
  row_problems problems_;
  label_mapper labels_;
  group_dictionary groups_;
};

}  // namespace calibrant::io
