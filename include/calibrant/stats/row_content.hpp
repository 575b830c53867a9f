#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include <calibrant/core/random.hpp>

namespace calibrant {

/// 64 random bits for a row that depend on the seed and its probabilities alone, in any order: equal rows draw alike,
/// so neither the order of rows and classes nor the split into shards or repeated rows leave a trace. Probabilities
/// count to 2^-24, since the last bits of a softmax depend on the instruction set.
[[nodiscard]] inline std::uint64_t draw_by_content(std::uint64_t seed, std::span<const double> p) noexcept {
  std::uint64_t content = 0;
  for (const double x : p)
    content += counter_random::scramble(static_cast<std::uint64_t>(std::llrint(std::ldexp(x, 24))) + 1);
  return counter_random(seed, 0).bits(content);
}

}  // namespace calibrant
