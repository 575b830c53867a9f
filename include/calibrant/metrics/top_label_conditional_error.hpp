#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Top-label calibration error conditional on the predicted class (Gupta and Ramdas 2022): sum over classes k and bins
/// b of (W_kb/W) |conf_kb - acc_kb|, cells over the rows predicted as k. At least the top-label ECE of the same bins.
/// Range [0, 1]. The detail `maximum` is the largest gap of a non-empty cell. Complexity O(K B).
[[nodiscard]] estimate top_label_conditional_error(const top_label_cells& cells, const metric_options& options = {});

}  // namespace calibrant
