#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/kernel_pair_sums.hpp>
#include <calibrant/stats/row_store.hpp>

namespace calibrant {

/// Squared kernel calibration error (SKCE), linear estimator: the mean over disjoint pairs of rows of
/// exp(-||p - q||) (e_y - p)^T (e_z - q) (Widmann, Lindsten and Zachariah 2019). It judges the whole probability vector
/// ("canonical" or "strong" calibration) without bins, is unbiased and so may be negative; 0 for a calibrated model.
/// Range [-2, 2].
///
/// The interval is normal with the standard error of the mean, for at least 500 pairs; the p-value is one-sided normal.
/// Fewer than two pairs: no value. O(1).
[[nodiscard]] estimate kernel_calibration_error(const kernel_pair_sums& sums, const metric_options& options = {});

/// The same over all pairs of rows i < j (the unbiased quadratic estimator): less noise for n^2 / 2 terms.
///
/// Interval and p-value are free of any distribution, by Hoeffding's bound for U-statistics with |h| <= B = 2: the
/// value misses its expectation by t or more with probability at most 2 exp(-floor(n/2) t^2 / (2 B^2)), on the one side
/// half of that. They hold at any n and are wide: for a sharper test of the same quantity see the linear estimator.
/// Weights must be numbers of rows. No value for fewer than 2 rows or where n^2 K is above 2e9. Range [-2, 2]. O(n^2
/// K).
[[nodiscard]] estimate unbiased_kernel_calibration_error(const row_store& rows, const metric_options& options = {});

}  // namespace calibrant
