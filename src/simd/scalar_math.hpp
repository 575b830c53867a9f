#pragma once

// The elementary functions of the row kernels, one number at a time: the definition that every vector target repeats
// operation by operation. Measured bounds are checked by tests/simd/elementary_functions_test.cpp.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "polynomials.hpp"

namespace calibrant::simd::scalar {

/// How a b + c is rounded: once, or the product before the sum.
struct fused_step {
  template <class T>
  static T of(T a, T b, T c) noexcept {
    return std::fma(a, b, c);
  }
};
struct separate_step {
  template <class T>
  static T of(T a, T b, T c) noexcept {
    return a * b + c;
  }
};

/// sum_i c_i x^i as E(x^2) + x O(x^2), the even and the odd terms by Horner's scheme: two chains that do not wait for
/// one another, and no power but x^2, which the callers need anyway.
template <class Step, class T, std::size_t count>
[[nodiscard]] inline T polynomial(const T (&c)[count], T x) noexcept {
  static_assert(count >= 2);
  const T square = x * x;
  T last = c[count - 1];
  T before = c[count - 2];
  for (std::size_t i = count - 2; i >= 2; i -= 2) {
    last = Step::of(last, square, c[i - 1]);
    before = Step::of(before, square, c[i - 2]);
  }
  // An odd number of terms leaves c_0 to the chain of the last one.
  if constexpr (count % 2 == 1) return Step::of(before, x, Step::of(last, square, c[0]));
  return Step::of(last, x, before);
}

/// ln x for a normal positive float32 x; relative error <= 1.2e-7. For 0 and subnormal x it is the finite
/// number that its bits would mean in the normal range, between -88.73 and -87.33; for other arguments some finite
/// number.
[[nodiscard]] inline float log_f32(float x) noexcept {
  using namespace polynomials::log_f32;
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto offset = bits - static_cast<std::uint32_t>(sqrt_half_bits);
  const auto exponent = offset & static_cast<std::uint32_t>(exponent_mask);
  const float f = std::bit_cast<float>(bits - exponent) - 1.0F;
  const auto e = static_cast<float>(static_cast<std::int32_t>(exponent));
  return std::fma(e, ln2_in_place, std::fma(f * f, polynomial<fused_step>(q, f), f));
}

/// ln x for float64, at most 2 ULP from the true value; ln 1 = 0 exactly, ln 0 = -infinity, ln infinity = infinity,
/// NaN for negative x and NaN. Subnormals are handled like other numbers.
[[nodiscard]] inline double log_f64(double x) noexcept {
  using namespace polynomials::log_f64;
  const bool subnormal = x < smallest_normal;
  const double scaled = subnormal ? x * subnormal_scale : x;
  const auto bits = std::bit_cast<std::uint64_t>(scaled);
  const auto offset = bits - static_cast<std::uint64_t>(sqrt_half_bits) + static_cast<std::uint64_t>(one_bits);
  const double biased =
      std::bit_cast<double>((offset >> mantissa_bits) | static_cast<std::uint64_t>(integer_bits)) - integer_offset;
  const double e = biased - (subnormal ? subnormal_exponent : 0.0);
  const double f = std::bit_cast<double>(bits - (offset & static_cast<std::uint64_t>(exponent_mask)) +
                                         static_cast<std::uint64_t>(one_bits)) -
                   1.0;
  const double s = f / (f + 2.0);
  const double w = s * s;
  const double half_square = f * f * 0.5;
  const double correction = half_square - (s * (half_square + polynomial<separate_step>(r, w) * w) + e * ln2_lower);
  const double value = e * ln2_upper + (f - correction);
  if (x == 0.0) return -std::numeric_limits<double>::infinity();
  if (x == std::numeric_limits<double>::infinity()) return x;
  return x >= 0.0 ? value : std::numeric_limits<double>::quiet_NaN();
}

/// e^x for x <= 0 (x = -infinity gives 0), at most 1.1 ULP from the true value, subnormal results included; 0 below
/// -745.2.
[[nodiscard]] inline double exp_f64(double x) noexcept {
  using namespace polynomials::exp_f64;
  const double bounded = x > lowest ? x : lowest;
  const double shifted = std::fma(bounded, log2_e, round_magic);
  const double n = shifted - round_magic;
  const double rest = std::fma(n, -ln2_lower, std::fma(n, -ln2_upper, bounded));
  const double mantissa = std::fma(rest * rest, polynomial<fused_step>(q, rest), rest) + 1.0;
  const auto power = (std::bit_cast<std::uint64_t>(shifted) << mantissa_bits) + static_cast<std::uint64_t>(scale_bits);
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(mantissa) + power) * unscale;
}

/// e^x for x <= 0 (x = -infinity gives 0) in float32, at most 1.5 ULP from the true value; 0 below -87.
[[nodiscard]] inline float exp_f32(float x) noexcept {
  using namespace polynomials::exp_f32;
  const float bounded = x > lowest ? x : lowest;
  const float shifted = std::fma(bounded, log2_e, round_magic);
  const float n = shifted - round_magic;
  const float rest = std::fma(n, -ln2_lower, std::fma(n, -ln2_upper, bounded));
  const float mantissa = std::fma(rest * rest, polynomial<fused_step>(q, rest), rest) + 1.0F;
  const auto power = std::bit_cast<std::uint32_t>(shifted) << mantissa_bits;
  const float value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(mantissa) + power);
  return x >= lowest ? value : 0.0F;
}

}  // namespace calibrant::simd::scalar
