#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/calibration_model.hpp>
#include <calibrant/evaluation/comparison.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/fit_model.hpp>
#include <calibrant/evaluation/streaming.hpp>

namespace calibrant {

struct audit_options {
  fit_request fit = {.method = std::string(automatic_method), .options = {}};
  pass_options pass;
  std::size_t bins = 15;
  weight_kind weights = weight_kind::frequency;
  panel_parts parts = panel_parts::all();  ///< what is measured of the test rows, before and after
  comparison_options comparison;
};

/// What correcting a classifier does to rows that took no part in it.
struct audit_result {
  calibration_model model;  ///< learned from the validation rows alone
  evaluation_state before;  ///< the test rows as they are
  evaluation_state after;   ///< the same with the model's probabilities
  comparison difference;    ///< of the second to the first, row by row
};

/// Learns from all validation rows, then reads the test rows once and measures them as they are and as the model gives
/// them. Nothing of the test rows reaches the model. Throws error as fit_model, evaluate_stream and compare do, and
/// (shape_mismatch) if both sources do not have the same classes and kind of scores. Memory: the validation rows, both
/// states, and 37 bytes for each test row and side.
[[nodiscard]] audit_result audit(batch_source& validation, batch_source& test, const audit_options& options,
                                 thread_pool& pool, const progress_callback& progress = {});

}  // namespace calibrant
