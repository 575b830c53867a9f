#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Share of rows whose prediction is the label, A / W; ties of the largest score go to the lowest class. Range [0, 1].
/// Interval: Wilson (1927), importance weights with the effective number of rows. Under calibration the expectation is
/// the mean confidence and the variance sum c (1 - c) / n^2. Empty state: no value. Complexity O(K B).
[[nodiscard]] estimate accuracy(const top_label_cells& cells, const metric_options& options = {});

/// 1 - accuracy, with what belongs to it. Range [0, 1].
[[nodiscard]] estimate error_rate(const top_label_cells& cells, const metric_options& options = {});

}  // namespace calibrant
