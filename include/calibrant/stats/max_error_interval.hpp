#pragma once

#include <span>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Interval of the population maximum calibration error (MCE) of given bins, max_b |gap_b|, a probability. The
/// accuracies of all B cells lie together in their Clopper-Pearson intervals at alpha / B, and the largest gap with
/// them:
///   lower = max_b max(0, conf_b - high_b, low_b - conf_b),   upper = max_b max(|conf_b - low_b|, |conf_b - high_b|).
/// Conservative; a cell of few rows makes the upper end near 1, which is what is known. The sampling error of conf_b
/// inside its bin is neglected. `cells`: the non-empty cells that the maximum is over, in any order. No cells: NaN.
/// O(number of cells).
[[nodiscard]] interval max_error_interval(std::span<const cell_moments> cells, confidence_level level = {});

}  // namespace calibrant
