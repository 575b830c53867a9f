#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Debiased L2 top-label calibration error (Kumar, Liang and Ma 2019): sqrt(max(theta, 0)) with
///   theta = sum_b (W_b/W) [ (conf_b - acc_b)^2 - acc_b (1 - acc_b) / (n_b - 1) ],
/// n_b the (effective) rows of the bin; bins with n_b < 2 add 0. The detail `signed_square` is theta, which can be
/// negative. Interval and p-value: L2 error of Sun et al. (2024). Range [0, 1]. Complexity O(K B).
[[nodiscard]] estimate debiased_calibration_error(const top_label_cells& cells, const metric_options& options = {});

/// theta alone, for replicates. Without rows 0.
[[nodiscard]] double debiased_squared_error(const top_label_cells& cells);

}  // namespace calibrant
