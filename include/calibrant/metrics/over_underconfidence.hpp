#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// The over-confident part of the top-label ECE, sum_b (W_b/W) max(conf_b - acc_b, 0). overconfidence + underconfidence
/// = ece, their difference is the confidence gap. Under calibration the gaps have mean 0, so each part has half the
/// expectation of the ECE. Range [0, 1]. Complexity O(K B).
[[nodiscard]] estimate overconfidence(const top_label_cells& cells, const metric_options& options = {});

/// The under-confident part, sum_b (W_b/W) max(acc_b - conf_b, 0).
[[nodiscard]] estimate underconfidence(const top_label_cells& cells, const metric_options& options = {});

}  // namespace calibrant
