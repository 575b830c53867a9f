#pragma once

#include <bit>
#include <cstdint>

namespace calibrant {

/// Storage of an IEEE 754 binary16 number. Arithmetic happens after exact widening to double.
struct float16 {
  std::uint16_t bits = 0;
  friend bool operator==(float16, float16) = default;
};

/// The number that `h` stands for; exact. Subnormals, infinities and NaN are kept.
[[nodiscard]] constexpr double to_double(float16 h) noexcept {
  const std::uint64_t sign = static_cast<std::uint64_t>(h.bits >> 15) << 63;
  const unsigned exponent = (h.bits >> 10) & 31U;
  const std::uint64_t mantissa = h.bits & 1023U;
  if (exponent == 31) return std::bit_cast<double>(sign | (std::uint64_t{2047} << 52) | (mantissa << 42));
  if (exponent == 0) {
    const double magnitude = static_cast<double>(mantissa) * 0x1p-24;
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<double>(sign | (std::uint64_t{exponent + 1008} << 52) | (mantissa << 42));
}
[[nodiscard]] constexpr double to_double(float x) noexcept { return static_cast<double>(x); }
[[nodiscard]] constexpr double to_double(double x) noexcept { return x; }

}  // namespace calibrant
