#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace calibrant {

/// What a weight means. Point estimates are the same; uncertainty is not.
enum class weight_kind {
  frequency,   ///< weight m: the row occurred m times
  importance,  ///< a likelihood ratio: variances use the effective number of rows W^2 / sum w^2
};

[[nodiscard]] constexpr std::string_view name_of(weight_kind kind) noexcept {
  return kind == weight_kind::frequency ? "frequency" : "importance";
}

/// Integer weights below this are summed exactly, so they equal repetition bit for bit.
inline constexpr double largest_exact_weight = 0x1p31;

[[nodiscard]] inline bool is_exact_weight(double w) noexcept {
  return w >= 0 && w < largest_exact_weight && w == std::floor(w);
}

/// Weights beyond these bounds, unless 0, are refused: their sums, squared or cubed, would leave the range of double.
inline constexpr double smallest_weight = 1e-100;
inline constexpr double largest_weight = 1e60;

[[nodiscard]] inline bool is_usable_weight(double w) noexcept {
  return w == 0 || (w >= smallest_weight && w <= largest_weight);
}

}  // namespace calibrant
