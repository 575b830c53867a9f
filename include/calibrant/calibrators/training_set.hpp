#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <variant>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/core/scores.hpp>
#include <calibrant/core/thread_pool.hpp>

namespace calibrant {

/// Scores of all classes: what a calibrator maps. A confidence alone is not enough.
using class_scores = std::variant<probabilities, logits>;

[[nodiscard]] inline const matrix_view& view_of(const class_scores& s) noexcept {
  return std::visit([](const auto& typed) -> const matrix_view& { return typed.view(); }, s);
}

/// The rows that a calibrator learns from: n x K scores, the label of every row, weights. A view of its caller's
/// memory. Not thread-safe: one fit at a time.
class training_set {
 public:
  /// Rows whose scores break no rule, with n labels in [0, K), n weights > 0, or none: all 1, and n keys, or none,
  /// equal for rows that belong together (of one patient, of one video). Throws error
  /// (shape_mismatch, invalid_labels, invalid_weights, no_rows); (invalid_scores) where the logit of a label is
  /// -infinity, since no map gives such a row a finite loss.
  training_set(class_scores values, std::span<const std::int32_t> labels, std::span<const double> weights,
               thread_pool& pool, std::span<const std::uint64_t> keys = {});

  [[nodiscard]] std::size_t rows() const noexcept { return labels_.size(); }
  [[nodiscard]] std::size_t classes() const noexcept { return view_of(values_).columns(); }
  [[nodiscard]] const class_scores& values() const noexcept { return values_; }
  [[nodiscard]] bool are_logits() const noexcept { return std::holds_alternative<logits>(values_); }
  [[nodiscard]] std::span<const std::int32_t> labels() const noexcept { return labels_; }
  [[nodiscard]] std::int32_t label(std::size_t i) const noexcept { return labels_[i]; }
  [[nodiscard]] double weight(std::size_t i) const noexcept { return weights_.empty() ? 1.0 : weights_[i]; }
  /// n, or none: all 1.
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }
  /// n, or none.
  [[nodiscard]] std::span<const std::uint64_t> keys() const noexcept { return keys_; }
  [[nodiscard]] bool weighted() const noexcept { return !weights_.empty(); }
  [[nodiscard]] double total_weight() const noexcept { return total_weight_; }
  /// Sum of the weights of the rows of each class.
  [[nodiscard]] const std::vector<double>& class_weights() const noexcept { return class_weights_; }
  /// The smallest probability of the element type that counts as itself, its smallest normal number: below it and at 0
  /// a logarithm is taken of it instead.
  [[nodiscard]] double floor() const noexcept;
  /// Probabilities below the floor, and logits of -infinity.
  [[nodiscard]] std::uint64_t floored() const noexcept { return floored_; }

  /// The scores in another form, n x K of float32 or float64, finite except for logits of -infinity that stay as
  /// they are with `keep_zeros`. Made when first asked for: the logits and probabilities themselves where they are in
  /// that form, logarithms as wide as the scores, softmax in float64.
  [[nodiscard]] const matrix_view& in_form(score_form form, bool keep_zeros = false) const;

  /// Calls work(part, first, last) for consecutive shares of the rows, on all threads. How many there are depends on
  /// the number of rows alone, so that sums by part do not depend on threads.
  [[nodiscard]] std::size_t parts(std::size_t most = 64) const noexcept;
  void for_each_part(std::size_t parts,
                     const std::function<void(std::size_t part, std::size_t first, std::size_t last)>& work) const;

  [[nodiscard]] thread_pool& pool() const noexcept { return pool_; }

 private:
  struct made_form {
    score_form form;
    bool keep_zeros;
    matrix_view view;
    std::vector<float> narrow;
    std::vector<double> wide;
  };

  class_scores values_;
  std::span<const std::int32_t> labels_;
  std::span<const double> weights_;
  std::span<const std::uint64_t> keys_;
  std::vector<double> class_weights_;
  double total_weight_ = 0;
  std::uint64_t floored_ = 0;
  thread_pool& pool_;
  mutable std::list<made_form> forms_;
};

}  // namespace calibrant
