#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace calibrant::simd {

/// For every set of up to eight lanes, one bit each: the lanes of the set in increasing order, then zeros.
inline constexpr std::array<std::array<std::uint8_t, 8>, 256> lanes_of_bits = [] {
  std::array<std::array<std::uint8_t, 8>, 256> lanes{};
  for (std::size_t bits = 0; bits < lanes.size(); ++bits) {
    std::size_t count = 0;
    for (std::uint8_t lane = 0; lane < 8; ++lane)
      if ((bits >> lane & 1) != 0) lanes[bits][count++] = lane;
  }
  return lanes;
}();

}  // namespace calibrant::simd
