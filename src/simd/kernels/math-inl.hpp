// log and exp of eight numbers: operation by operation the functions of scalar_math.hpp, hence the same bits.

#if defined(CALIBRANT_SIMD_MATH_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_MATH_INL_HPP
#undef CALIBRANT_SIMD_MATH_INL_HPP
#else
#define CALIBRANT_SIMD_MATH_INL_HPP
#endif

#include <limits>

#include "simd/kernels/pack-inl.hpp"
#include "simd/polynomials.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// scalar::fused_step and scalar::separate_step
struct fused_step {
  template <class T, std::size_t n>
  static HWY_INLINE pack<T, n> of(const pack<T, n>& a, const pack<T, n>& b, const pack<T, n>& c) noexcept {
    return fused(a, b, c);
  }
};
struct separate_step {
  template <class T, std::size_t n>
  static HWY_INLINE pack<T, n> of(const pack<T, n>& a, const pack<T, n>& b, const pack<T, n>& c) noexcept {
    return a * b + c;
  }
};

/// scalar::polynomial
template <class Step, class T, std::size_t count, std::size_t n>
HWY_INLINE pack<T, n> polynomial(const T (&c)[count], const pack<T, n>& x) noexcept {
  const pack<T, n> square = x * x;
  pack<T, n> last = broadcast<n>(c[count - 1]);
  pack<T, n> before = broadcast<n>(c[count - 2]);
  CALIBRANT_PACK_UNROLL for (std::size_t i = count - 2; i >= 2; i -= 2) {
    last = Step::of(last, square, broadcast<n>(c[i - 1]));
    before = Step::of(before, square, broadcast<n>(c[i - 2]));
  }
  if constexpr (count % 2 == 1) return Step::of(before, x, Step::of(last, square, broadcast<n>(c[0])));
  return Step::of(last, x, before);
}

/// scalar::log_f32
template <std::size_t n>
HWY_INLINE pack<float, n> log_f32(const pack<float, n>& x) noexcept {
  namespace c = polynomials::log_f32;
  const auto bits = reinterpret<std::int32_t>(x);
  const auto exponent = (bits - c::sqrt_half_bits) & c::exponent_mask;
  const auto f = reinterpret<float>(bits - exponent) - 1.0F;
  const auto e = to_float(exponent);
  return fused(e, c::ln2_in_place, fused(f * f, polynomial<fused_step>(c::q, f), f));
}

/// scalar::log_f64
template <std::size_t n>
HWY_INLINE pack<double, n> log_f64(const pack<double, n>& x) noexcept {
  namespace c = polynomials::log_f64;
  const auto subnormal = x < broadcast<n>(c::smallest_normal);
  const auto scaled = select(subnormal, x * c::subnormal_scale, x);
  const auto bits = reinterpret<std::int64_t>(scaled);
  const auto offset = bits - c::sqrt_half_bits + c::one_bits;
  const auto exponent = reinterpret<std::int64_t>(shift_right<c::mantissa_bits>(reinterpret<std::uint64_t>(offset)));
  const auto biased = reinterpret<double>(exponent | broadcast<n>(c::integer_bits)) - c::integer_offset;
  const auto e = biased - keep(subnormal, broadcast<n>(c::subnormal_exponent));
  const auto f = reinterpret<double>(bits - (offset & c::exponent_mask) + c::one_bits) - 1.0;
  const auto s = f / (f + 2.0);
  const auto w = s * s;
  const auto half_square = f * f * 0.5;
  const auto correction = half_square - (s * (half_square + polynomial<separate_step>(c::r, w) * w) + e * c::ln2_lower);
  const auto value = e * c::ln2_upper + (f - correction);
  const auto zero = broadcast<n>(0.0);
  const auto infinity = broadcast<n>(std::numeric_limits<double>::infinity());
  const auto checked = select(x >= zero, value, broadcast<n>(std::numeric_limits<double>::quiet_NaN()));
  return select(x == zero, zero - infinity, select(x == infinity, x, checked));
}

/// scalar::exp_f64
template <std::size_t n>
HWY_INLINE pack<double, n> exp_f64(const pack<double, n>& x) noexcept {
  namespace c = polynomials::exp_f64;
  const auto bounded = greater_of(x, broadcast<n>(c::lowest));
  const auto shifted = fused(bounded, c::log2_e, broadcast<n>(c::round_magic));
  const auto whole = shifted - c::round_magic;
  const auto rest = fused(whole, -c::ln2_lower, fused(whole, -c::ln2_upper, bounded));
  const auto mantissa = fused(rest * rest, polynomial<fused_step>(c::q, rest), rest) + 1.0;
#if HWY_TARGET == HWY_AVX3
  // One operation that rounds subnormal results once as well.
  pack<double, n> scaled;
  CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<double, n>::parts; ++i) {
    scaled.part[i].raw = _mm512_scalef_pd(mantissa.part[i].raw, whole.part[i].raw);
  }
  return scaled;
#else
  const auto power = shift_left<c::mantissa_bits>(reinterpret<std::int64_t>(shifted)) + c::scale_bits;
  return reinterpret<double>(reinterpret<std::int64_t>(mantissa) + power) * c::unscale;
#endif
}

/// scalar::exp_f32
template <std::size_t n>
HWY_INLINE pack<float, n> exp_f32(const pack<float, n>& x) noexcept {
  namespace c = polynomials::exp_f32;
  const auto lowest = broadcast<n>(c::lowest);
  const auto bounded = greater_of(x, lowest);
  const auto shifted = fused(bounded, c::log2_e, broadcast<n>(c::round_magic));
  const auto whole = shifted - c::round_magic;
  const auto rest = fused(whole, -c::ln2_lower, fused(whole, -c::ln2_upper, bounded));
  const auto mantissa = fused(rest * rest, polynomial<fused_step>(c::q, rest), rest) + 1.0F;
  const auto power = shift_left<c::mantissa_bits>(reinterpret<std::int32_t>(shifted));
  return keep(x >= lowest, reinterpret<float>(reinterpret<std::int32_t>(mantissa) + power));
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
