#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// CORP decomposition of the top-label Brier score (Dimitriadis, Gneiting and Jordan 2021): with f the isotonic
// regression of hits on confidences and S(x) = (1/W) sum w (x - a)^2,
//   S(c) = MCB - DSC + UNC,  MCB = S(c) - S(f),  DSC = UNC - S(f),  UNC = acc (1 - acc).
// The bins are the levels of f, so there is nothing to choose. Details: `score`, S(c); `levels`, their number. No rows:
// no value. O(groups). Bounded form: f is fitted to micro-bins and S(c) lacks the spread of confidences inside them;
// detail `resolution`, the largest share of a micro-bin.

/// MCB >= 0: how much of the score recalibration would save. Range [0, 1].
[[nodiscard]] estimate corp_miscalibration(const sorted_forecasts& sorted, const metric_options& options = {});

/// DSC >= 0: how much confidence tells right from wrong predictions, more is better. Range [0, 0.25].
[[nodiscard]] estimate corp_discrimination(const sorted_forecasts& sorted, const metric_options& options = {});

/// UNC: the score of always saying the accuracy. Range [0, 0.25].
[[nodiscard]] estimate corp_uncertainty(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
