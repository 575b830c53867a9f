#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant::detail {

/// Gathers the rows of batches that can be learned from, by the rules of a pass, and counts the others.
class row_gatherer {
 public:
  row_gatherer(const class_names& classes, const pass_options& options) : classes_(classes), options_(options) {}

  /// Whether every row of the batch can be used as it is, without a copy.
  [[nodiscard]] bool usable_as_it_is(const prediction_batch& batch, thread_pool& pool) const;
  void add(const prediction_batch& batch);

  /// The rows gathered so far, of the kind of the batches.
  [[nodiscard]] class_scores values() const;
  [[nodiscard]] const std::vector<std::int32_t>& labels() const noexcept { return labels_; }
  [[nodiscard]] const std::vector<double>& weights() const noexcept { return weights_; }

  /// Empty where the batches have none.
  [[nodiscard]] const std::vector<std::uint64_t>& keys() const noexcept { return keys_; }

  row_counts counts;
  row_problems problems;

 private:
  template <class T>
  void add_rows(const prediction_batch& batch, const basic_matrix_view<T>& view);
  template <class T>
  std::vector<T>& rows() noexcept;

  const class_names& classes_;
  pass_options options_;
  bool are_logits_ = false;
  score_type type_ = score_type::float32;
  std::vector<float> float32_;
  std::vector<double> float64_;
  std::vector<float16> float16_;
  std::vector<std::int32_t> labels_;
  std::vector<double> weights_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace calibrant::detail
