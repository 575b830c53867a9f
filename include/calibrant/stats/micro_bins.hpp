#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace calibrant {

/// Micro-bins of [0, 1], the bounded form of sorted forecasts: each half has 16 octaves of distance to its end (0 or
/// 1), from 1/2 down to 2^-17, and each octave 2048 bins of equal width. So they are about even in log odds, follow
/// the order of forecasts, and cost a shift of bits. Forecasts closer than 2^-17 to an end share its last bin.
inline constexpr std::size_t micro_bin_count = 65536;

/// The micro-bin of c in [0, 1], increasing in c.
[[nodiscard]] inline std::size_t micro_bin_of(double c) noexcept {
  constexpr int shift = 52 - 11;
  constexpr std::int64_t half = micro_bin_count / 2;
  constexpr std::int64_t smallest = std::bit_cast<std::int64_t>(0x1p-17) >> shift;
  // 1 - c is exact for c >= 1/2.
  const double distance = c < 0.5 ? c : 1 - c;
  const std::int64_t place =
      std::clamp<std::int64_t>((std::bit_cast<std::int64_t>(distance) >> shift) - smallest, 0, half - 1);
  return static_cast<std::size_t>(c < 0.5 ? place : 2 * half - 1 - place);
}

}  // namespace calibrant
