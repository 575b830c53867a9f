#pragma once

#include <span>

#include <calibrant/stats/cell_moments.hpp>

namespace calibrant {

/// Expected binned L2 error (RMSCE), sqrt(sum omega_b g_b^2), if every label were drawn with the probability that was
/// served; a probability. `cells`: the non-empty cells in any order; their weights sum to 1. 0 where every confidence
/// is 0 or 1, NaN without cells. O(number of cells).
[[nodiscard]] double expected_rms_error(std::span<const cell_moments> cells) noexcept;

}  // namespace calibrant
