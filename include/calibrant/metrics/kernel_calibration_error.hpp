#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/kernel_pair_sums.hpp>

namespace calibrant {

/// Squared kernel calibration error (SKCE), linear estimator: the mean over disjoint pairs of rows of
/// exp(-||p - q||) (e_y - p)^T (e_z - q) (Widmann, Lindsten and Zachariah 2019). It judges the whole probability vector
/// ("canonical" or "strong" calibration) without bins, is unbiased and so may be negative; 0 for a calibrated model.
/// Range [-2, 2].
///
/// The interval is normal with the standard error of the mean, the p-value one-sided normal. Fewer than two pairs: no
/// value. O(1).
[[nodiscard]] estimate kernel_calibration_error(const kernel_pair_sums& sums, const metric_options& options = {});

}  // namespace calibrant
