#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Top-label expected calibration error, sum_b (W_b/W) |conf_b - acc_b| (Naeini, Cooper and Hauskrecht 2015; Guo et al.
/// 2017). Range [0, 1]. The plug-in value is biased upward; `expected_if_calibrated` is its expectation for a
/// calibrated model and the detail `floor_95` the value which that model exceeds once in twenty. Interval and p-value
/// concern the population error of these bins, a lower bound on the true calibration error. Empty state: no value.
/// Complexity O(K B).
[[nodiscard]] estimate expected_calibration_error(const top_label_cells& cells, const metric_options& options = {});

/// (sum_b (W_b/W) |conf_b - acc_b|^p)^(1/p) for options.norm = p >= 1. Range [0, 1]. Complexity O(K B).
[[nodiscard]] estimate lp_calibration_error(const top_label_cells& cells, const metric_options& options = {});

/// The same with p = 2, RMSCE. Interval and p-value are those of the L2 error (Sun et al. 2024). Complexity O(K B).
[[nodiscard]] estimate root_mean_square_calibration_error(const top_label_cells& cells,
                                                          const metric_options& options = {});

/// max_b |conf_b - acc_b| over non-empty bins, MCE. Range [0, 1]. A bin of a few rows can decide it. Interval:
/// simultaneous Clopper-Pearson bounds. Complexity O(K B).
[[nodiscard]] estimate maximum_calibration_error(const top_label_cells& cells, const metric_options& options = {});

}  // namespace calibrant
