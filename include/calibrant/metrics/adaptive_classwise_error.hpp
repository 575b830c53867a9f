#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/class_value_store.hpp>

namespace calibrant {

// Class-wise calibration errors over ranges of equal mass (Nixon et al. 2019): the mean over the K classes of
// sum_r (W_rk/W_k) |mean p_k - freq_k| over options.bins ranges of the class column (stats/equal_mass_bins.hpp), each
// weighted by its share of the column. Range [0, 1]. The ranges follow the probabilities and not the labels, so
// interval and null are those of the class-wise error over bins of equal width, classes taken as independent; for K =
// 2, where the second column mirrors the first, they are of one column. No rows: no value. O(n K) on sorted columns.

/// ACE: all of each column.
[[nodiscard]] estimate adaptive_classwise_error(const class_value_store& values, const metric_options& options = {});

/// TACE: only p_k above options.min_probability, strictly; W_k is what is kept of class k. A class of which nothing
/// is kept adds 0.
[[nodiscard]] estimate thresholded_adaptive_classwise_error(const class_value_store& values,
                                                            const metric_options& options = {});

}  // namespace calibrant
