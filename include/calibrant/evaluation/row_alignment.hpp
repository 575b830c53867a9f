#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <calibrant/evaluation/row_outcomes.hpp>

namespace calibrant {

/// A row that has no partner in another model.
struct unmatched_row {
  std::size_t model = 0;  ///< whose row it is
  std::size_t row = 0;    ///< its place among all rows of the model, in the order in which they came
  std::size_t other = 0;  ///< the model that does not hold it; `model` itself: an earlier row has the same id
};

/// Brings the rows of all models into the order of their keys. Nothing is moved where a row has no partner: then the
/// first such row is returned. Models with keys and at least one of them. O(models x n log n).
[[nodiscard]] std::optional<unmatched_row> align_by_key(std::span<row_outcomes> models);

/// Rows [first, last) of both models, which stand in the same order, are about the same cases. Throws error
/// (invalid_labels, invalid_weights), naming the row, where a label or a weight differs; what either model left out for
/// its label is passed over.
void require_same_cases(const row_outcomes& model, const row_outcomes& other, std::size_t first, std::size_t last);

/// Throws error (shape_mismatch) if the models have other numbers of rows.
void require_same_length(const row_outcomes& model, const row_outcomes& other);

}  // namespace calibrant
