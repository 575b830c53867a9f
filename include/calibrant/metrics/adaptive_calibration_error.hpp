#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// Top-label calibration errors over options.bins bins of equal mass (stats/equal_mass_bins.hpp), whose edges follow the
// confidences and not the labels: interval, null and p-value are those of the errors over bins of equal width. The
// detail `non_empty_bins` says how many bins were left where equal confidences made edges coincide. No rows: no value.
// O(groups).
//
// Bounded form: the detail `resolution` is the largest share of a micro-bin. Each edge may lie off by one micro-bin, so
// the L1 error may differ by at most 2 B times that share from the exact form.

/// sum_b (W_b/W) |conf_b - acc_b| (equal-mass ECE; Nguyen and O'Connor 2015). Range [0, 1].
[[nodiscard]] estimate adaptive_calibration_error(const sorted_forecasts& sorted, const metric_options& options = {});

/// sqrt(sum_b (W_b/W) (conf_b - acc_b)^2). Range [0, 1].
[[nodiscard]] estimate adaptive_root_mean_square_error(const sorted_forecasts& sorted,
                                                       const metric_options& options = {});

/// The debiased L2 error (Kumar, Liang and Ma 2019) over bins of equal mass. Range [0, 1].
[[nodiscard]] estimate adaptive_debiased_error(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
