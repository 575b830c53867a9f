#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// A fold for every row, in [0, count): of each class about equally many in every fold. A row's fold depends on the
/// seed, its label and its scores alone: neither the order of rows and classes nor a row that stands there twice
/// changes it. Equal rows stay together up to a hundredth of their class. Rows of one key stay together; it counts as a
/// row with the label of one of them. O(n K + n log n).
[[nodiscard]] std::vector<std::uint8_t> stratified_folds(const training_set& rows, std::size_t count,
                                                         std::uint64_t seed);

/// A copy of some of the rows in one form, to be learned from.
class row_selection {
 public:
  /// The rows for which `chosen` is true; scores in `form`, as logits.
  row_selection(const training_set& rows, score_form form, bool keep_zeros, const std::vector<bool>& chosen);

  /// The same of the scores as they are given.
  row_selection(const training_set& rows, const std::vector<bool>& chosen);

  [[nodiscard]] const training_set& rows() const noexcept { return *rows_; }

 private:
  void take(const training_set& rows, const matrix_view& from, bool as_logits, const std::vector<bool>& chosen);

  std::vector<float> narrow_;
  std::vector<double> wide_;
  std::vector<float16> half_;
  std::vector<std::int32_t> labels_;
  std::vector<double> weights_;
  std::vector<std::uint64_t> keys_;
  std::unique_ptr<training_set> rows_;
};

}  // namespace calibrant
