#pragma once

#include <cmath>
#include <numbers>
#include <span>

#include <calibrant/stats/cell_moments.hpp>

namespace calibrant::detail {

// The first absolute moment of a standard normal Z, the variance and the third central moment of |Z|.
inline const double absolute_normal_mean = std::sqrt(2 / std::numbers::pi);
inline constexpr double absolute_normal_variance = 1 - 2 / std::numbers::pi;
inline const double absolute_normal_third_moment = absolute_normal_mean * (4 / std::numbers::pi - 1);

inline double gap(const cell_moments& cell) noexcept { return cell.confidence - cell.accuracy; }

/// The binned L1 error, sum omega_b |g_b|.
inline double l1_error(std::span<const cell_moments> cells) noexcept {
  double sum = 0;
  for (const cell_moments& cell : cells) sum += cell.weight * std::abs(gap(cell));
  return sum;
}

/// An error below this is 0 up to the rounding of its sums.
inline constexpr double negligible_error = 1e-12;

}  // namespace calibrant::detail
