#pragma once

// Constants of the elementary functions of the row kernels, shared by the scalar definition (scalar_math.hpp) and the
// vector targets (kernels/math-inl.hpp). tools/reference/simd_polynomials.py derives them.

#include <cstdint>

namespace calibrant::simd::polynomials {

/// log of float32: x = 2^e m with sqrt(1/2) <= m < sqrt(2), f = m - 1, log(x) = e ln 2 + (f + f^2 q(f)).
/// q by weighted least squares at Chebyshev nodes, rounded to float32; relative error 3.4e-8 in exact arithmetic.
namespace log_f32 {
inline constexpr std::int32_t sqrt_half_bits = 0x3f3504f3;  ///< bits of float(sqrt(1/2))
inline constexpr std::int32_t exponent_mask = static_cast<std::int32_t>(0xff800000);
/// ln 2 for an exponent that still stands at its place in the bits, 2^23 times too large; a power of two costs no
/// rounding.
inline constexpr float ln2_in_place = 0x1.62e43p-1F * 0x1p-23F;
inline constexpr float q[] = {-0x1p-1F,        0x1.555702p-2F, -0x1.00028ap-2F, 0x1.98cb16p-3F,
                              -0x1.53b8c8p-3F, 0x1.3231b2p-3F, -0x1.22c258p-3F, 0x1.5c710ep-4F};
}  // namespace log_f32

/// log of float64: the same reduction, s = f / (2 + f), w = s^2, log(1 + f) = 2 artanh(s)
/// = f - (f^2/2 - s (f^2/2 + w r(w))), w r(w) = 2 (w/3 + w^2/5 + w^3/7 + ...); terms to w^9 / 19, truncation 2.4e-17.
namespace log_f64 {
inline constexpr std::int64_t sqrt_half_bits = 0x3fe6a09e667f3bcd;  ///< bits of double(sqrt(1/2))
inline constexpr std::int64_t exponent_mask = static_cast<std::int64_t>(0xfff0000000000000);
inline constexpr std::int64_t one_bits = 0x3ff0000000000000;  ///< bits of 1.0: 1023 << 52
inline constexpr int mantissa_bits = 52;
inline constexpr double smallest_normal = 0x1p-1022;
inline constexpr double subnormal_scale = 0x1p54;  ///< lifts every subnormal into the normal range, exactly
inline constexpr double subnormal_exponent = 54;
/// A small integer i becomes a double by placing it in the mantissa of 2^52 and subtracting 2^52; 1023 removes the
/// bias.
inline constexpr std::int64_t integer_bits = 0x4330000000000000;
inline constexpr double integer_offset = 0x1p52 + 1023;
inline constexpr double ln2_upper = 0x1.62e42fefa2p-1;  ///< 40 bits, so e * ln2_upper is exact
inline constexpr double ln2_lower = 0x1.9ef35793c7673p-41;
inline constexpr double r[] = {2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19};
}  // namespace log_f64

/// exp of float64 for x <= 0: n = round(x / ln 2), r = x - n ln 2, exp(x) = 2^n (1 + (r + r^2 q(r))).
/// q by weighted least squares at Chebyshev nodes, rounded to float64; relative error 4.2e-18 in exact arithmetic.
/// 2^(n + 128) enters through the exponent bits and 2^-128 by a multiplication, which rounds subnormal results once.
namespace exp_f64 {
inline constexpr double lowest = -760;  ///< exp(-760) < 2^-1075, so smaller arguments give 0 as well
inline constexpr double log2_e = 0x1.71547652b82fep+0;
inline constexpr double round_magic = 0x1.8p52;  ///< adding it leaves round(x / ln 2) in the low mantissa bits
inline constexpr double ln2_upper = log_f64::ln2_upper;
inline constexpr double ln2_lower = log_f64::ln2_lower;
inline constexpr std::int64_t scale_bits = std::int64_t{128} << 52;
inline constexpr double unscale = 0x1p-128;
inline constexpr int mantissa_bits = 52;
inline constexpr double q[] = {
    0x1.000000000000bp-1,  0x1.555555555550fp-3,  0x1.55555555502a0p-5,  0x1.1111111122b4ap-7,  0x1.6c16c1852c01cp-10,
    0x1.a01a014498ae6p-13, 0x1.a01997c656a0fp-16, 0x1.71deec62e8918p-19, 0x1.28af42a60c9fap-22, 0x1.add773f1864b3p-26};
}  // namespace exp_f64

/// exp of float32 for x <= 0: the same reduction; relative error of the polynomial 3.7e-9 in exact arithmetic.
/// 2^n enters through the exponent bits. At `lowest` n is -126 and the mantissa above 1, so results are normal numbers.
namespace exp_f32 {
inline constexpr float lowest = -87;
inline constexpr float log2_e = 0x1.715476p+0F;
inline constexpr float round_magic = 0x1.8p23F;
inline constexpr float ln2_upper = 0x1.62e4p-1F;
inline constexpr float ln2_lower = 0x1.7f7d1cp-20F;
inline constexpr int mantissa_bits = 23;
inline constexpr float q[] = {0x1.fffff8p-2F, 0x1.55548ep-3F, 0x1.555b96p-5F, 0x1.123bdp-7F, 0x1.685352p-10F};
}  // namespace exp_f32

}  // namespace calibrant::simd::polynomials
