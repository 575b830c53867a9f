#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Mean confidence, C / W. Range [1/K, 1]. It describes the scores alone, so calibration says nothing about it.
/// Complexity O(K B).
[[nodiscard]] estimate mean_confidence(const top_label_cells& cells, const metric_options& options = {});

/// Mean confidence minus accuracy, (C - A) / W; positive: over-confident. Range [-1, 1]. Interval: normal with the
/// standard error of c - a. Under calibration the expectation is 0 and the variance sum c (1 - c) / n^2. Complexity O(K
/// B).
[[nodiscard]] estimate confidence_gap(const top_label_cells& cells, const metric_options& options = {});

}  // namespace calibrant
