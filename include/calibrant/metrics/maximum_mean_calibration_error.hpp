#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Maximum mean calibration error (Kumar, Sarawagi and Jain 2018), the biased form:
///   MMCE^2 = (1/W^2) sum_ij w_i w_j (c_i - a_i)(c_j - a_j) exp(-|c_i - c_j| / l),  l = 0.4.
/// Range [0, 1]. Over sorted confidences the kernel factorises, so one sweep does for all pairs: O(groups). Under
/// calibration MMCE^2 is a quadratic form whose first three moments are such sums too; the p-value is the upper tail of
/// the shifted gamma distribution with these moments, the expectation that of the root under it. Detail `square`:
/// MMCE^2. No rows: no value. Bounded form: a row moves by at most the width of its micro-bin.
[[nodiscard]] estimate maximum_mean_calibration_error(const sorted_forecasts& sorted,
                                                      const metric_options& options = {});

}  // namespace calibrant
