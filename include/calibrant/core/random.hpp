#pragma once

#include <cstdint>

namespace calibrant {

/// Random numbers that are a function of (seed, stream, index) alone, so that neither threads nor the order of the rows
/// nor the split into shards changes a draw. SplitMix64 (Steele, Lea and Flood 2014): the scrambled steps of a
/// counter. A stream is one use of the seed (a replicate, a permutation), an index one draw in it.
class counter_random {
 public:
  constexpr counter_random(std::uint64_t seed, std::uint64_t stream) noexcept
      : start_(scramble(scramble(seed) + stream * step)) {}

  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t index) const noexcept {
    return scramble(start_ + (index + 1) * step);
  }
  /// In [0, 1), a multiple of 2^-53.
  [[nodiscard]] constexpr double uniform(std::uint64_t index) const noexcept {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }

  static constexpr std::uint64_t step = 0x9e3779b97f4a7c15;  ///< 2^64 over the golden ratio, odd

  [[nodiscard]] static constexpr std::uint64_t scramble(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t start_;
};

}  // namespace calibrant
