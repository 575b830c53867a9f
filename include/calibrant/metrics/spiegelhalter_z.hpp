#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/score_sums.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Spiegelhalter's (1986) test of the top label: Z = sum w (a - c)(1 - 2c) / sqrt(sum w (1 - 2c)^2 c (1 - c)), w^2
/// under the root for importance weights. Standard normal under calibration; two-sided p-value. Rows at c = 1/2 weigh
/// nothing and errors of opposite sign cancel, so it is never the only evidence of calibration. No value where every
/// confidence is 1/2 or 1. Complexity O(K B).
[[nodiscard]] estimate spiegelhalter_z(const top_label_cells& cells, const score_sums& scores,
                                       const metric_options& options = {});

}  // namespace calibrant
