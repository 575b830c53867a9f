#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// Calibration error over as many bins of equal mass as keep accuracy monotone (Roelofs, Cain, Shlens and Mozer 2022):
// B = 1, 2, ..., W - 1 while the accuracies of the bins do not decrease; the answer is the error at the last such B,
// the detail `bins`, which equal confidences may have turned into fewer (`non_empty_bins`). At most 65,536. Where
// weights are no integers B goes up to the number of groups less one. A decrease below 1e-12 is rounding. The number of
// bins depends on the labels, so no interval or null of tested coverage is known. Bounded form: detail
// `resolution`, the largest share of a micro-bin. No rows: no value. O(groups + B min(B, groups) log groups).

/// sum_b (W_b/W) |conf_b - acc_b|. Range [0, 1].
[[nodiscard]] estimate sweep_calibration_error(const sorted_forecasts& sorted, const metric_options& options = {});

/// sqrt(sum_b (W_b/W) (conf_b - acc_b)^2). Range [0, 1].
[[nodiscard]] estimate sweep_root_mean_square_error(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
