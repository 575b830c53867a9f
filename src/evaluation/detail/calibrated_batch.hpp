#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/calibration_model.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_outcomes.hpp>

namespace calibrant::detail {

/// Batches with a model's probabilities in the place of their scores. The model must outlive it.
class calibrated_batch {
 public:
  calibrated_batch(const calibration_model& model, bool renormalize, thread_pool& pool) noexcept
      : model_(model), renormalize_(renormalize), pool_(pool) {}

  /// The batch after the model, valid until the next call. `results` says what a pass did with its rows: those that it
  /// left out are passed over here too.
  [[nodiscard]] prediction_batch of(const prediction_batch& batch, std::span<const row_outcomes::result> results);

 private:
  const calibration_model& model_;
  bool renormalize_;
  thread_pool& pool_;
  std::vector<std::int32_t> labels_;
  std::vector<double> p_;
};

}  // namespace calibrant::detail
