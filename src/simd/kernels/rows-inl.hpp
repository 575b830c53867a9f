// Reading score rows: along a row, and eight rows at a time with one row per lane.

#if defined(CALIBRANT_SIMD_ROWS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_ROWS_INL_HPP
#undef CALIBRANT_SIMD_ROWS_INL_HPP
#else
#define CALIBRANT_SIMD_ROWS_INL_HPP
#endif

#include <hwy/cache_control.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "simd/kernels/pack-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// The type in which scores of type T are compared: the narrowest that holds them exactly and has vector arithmetic.
template <class T>
using native = std::conditional_t<std::is_same_v<T, float16>, float, T>;

/// Asks for the memory that stands `prefetch_distance` after `from`: processors do not look ahead across the end of a
/// page. Rows usually follow one another; where they do not, it fetches in vain.
inline constexpr std::uintptr_t prefetch_distance = 2048;
HWY_INLINE void prefetch_ahead(const void* from, std::size_t bytes) noexcept {
  const std::uintptr_t ahead = reinterpret_cast<std::uintptr_t>(from) + prefetch_distance;
  for (std::size_t line = 0; line < bytes; line += 64) hwy::Prefetch(reinterpret_cast<const char*>(ahead + line));
}

/// binary16 in the low halves of 32-bit lanes -> float32, exact; subnormals, infinities and NaN included.
template <class D>
HWY_INLINE hn::Vec<D> half_to_float(D d, hn::Vec<hn::Rebind<std::uint16_t, D>> halves) noexcept {
#if HWY_TARGET == HWY_SSE4
  constexpr hn::RebindToUnsigned<D> du;
  constexpr hn::RebindToSigned<D> di;
  const auto bits = hn::PromoteTo(di, halves);
  const auto magnitude = hn::And(bits, hn::Set(di, 0x7fff));
  const auto sign = hn::ShiftLeft<16>(hn::BitCast(du, hn::Sub(bits, magnitude)));
  const auto subnormal = hn::BitCast(di, hn::Mul(hn::ConvertTo(d, magnitude), hn::Set(d, 0x1p-24F)));
  const auto normal = hn::Add(hn::ShiftLeft<13>(magnitude), hn::Set(di, 112 << 23));
  const auto special = hn::Or(normal, hn::Set(di, 0x7f800000));
  const auto finite = hn::IfThenElse(hn::Lt(magnitude, hn::Set(di, 0x0400)), subnormal, normal);
  const auto value = hn::IfThenElse(hn::Gt(magnitude, hn::Set(di, 0x7bff)), special, finite);
  return hn::BitCast(d, hn::Or(hn::BitCast(du, value), sign));
#else
  return hn::PromoteTo(d, hn::BitCast(hn::Rebind<hwy::float16_t, D>(), halves));
#endif
}

/// n consecutive scores.
template <std::size_t n = 8, class T>
HWY_INLINE pack<native<T>, n> load_scores(const T* from) noexcept {
  if constexpr (std::is_same_v<T, float16>) {
    constexpr typename pack<float, n>::tag d;
    constexpr hn::Rebind<std::uint16_t, typename pack<float, n>::tag> d16;
    pack<float, n> c;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < pack<float, n>::parts; ++i) {
      c.part[i] = half_to_float(d, hn::LoadU(d16, &from[i * pack<float, n>::lanes].bits));
    }
    return c;
  } else {
    return load<n>(from);
  }
}

/// n consecutive scores as float64.
template <std::size_t n = 8, class T>
HWY_INLINE pack<double, n> load_wide_scores(const T* from) noexcept {
  if constexpr (std::is_same_v<T, float16>) {
    return widen(load_scores<n>(from));
  } else {
    return load_wide<n>(from);
  }
}

/// `width` (1 to 4) consecutive scores as float32 in one 128-bit register; nothing beyond them is read.
template <std::size_t width>
HWY_INLINE hn::Vec<hn::Full128<float>> load_four(const float* from) noexcept {
  constexpr hn::Full128<float> d;
  if constexpr (width == 4) {
    return hn::LoadU(d, from);
  } else {
    constexpr hn::Full128<std::uint64_t> d64;
    constexpr hn::Half<hn::Full128<std::uint64_t>> pair;
    std::uint64_t bits[2] = {};
    std::memcpy(bits, from, std::min<std::size_t>(width, 2) * sizeof(float));
    if constexpr (width == 3) bits[1] = std::bit_cast<std::uint32_t>(from[2]);
    return hn::BitCast(d, hn::Combine(d64, hn::Set(pair, bits[1]), hn::Set(pair, bits[0])));
  }
}
template <std::size_t width>
HWY_INLINE hn::Vec<hn::Full128<float>> load_four(const float16* from) noexcept {
  constexpr hn::Full128<float> d;
  std::uint64_t bits = 0;
  std::memcpy(&bits, from, width * sizeof(float16));
  constexpr hn::Simd<std::uint64_t, 1, 0> d64;
  return half_to_float(d, hn::BitCast(hn::Rebind<std::uint16_t, hn::Full128<float>>(), hn::Set(d64, bits)));
}

/// 128-bit blocks from rows[0], rows[step], rows[2 step], ... until the register is full; each block is two float64.
template <std::size_t step, class D>
HWY_INLINE hn::Vec<D> load_pairs(D d, const double* const* rows, std::size_t k) noexcept {
  if constexpr (hn::MaxLanes(D()) == 2) {
    return hn::LoadU(d, rows[0] + k);
  } else {
    constexpr hn::Half<D> half;
    constexpr std::size_t blocks = hn::MaxLanes(D()) / 4;
    return hn::Combine(d, load_pairs<step>(half, rows + blocks * step, k), load_pairs<step>(half, rows, k));
  }
}

/// Columns k .. k + width - 1 of eight rows: column[c] holds row i in lane i. Up to three of the four are left
/// undefined.
template <std::size_t width, class T>
HWY_INLINE void load_columns(const T* const* rows, std::size_t k, oct32 (&column)[4]) noexcept {
  constexpr oct32::tag d;
  constexpr hn::Repartition<double, oct32::tag> pairs;
  CALIBRANT_PACK_UNROLL for (std::size_t part = 0; part < oct32::parts; ++part) {
    hn::Vec<oct32::tag> row[4];
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < 4; ++i) {
      if constexpr (oct32::lanes == 8) {
        row[i] = hn::Combine(d, load_four<width>(rows[i + 4] + k), load_four<width>(rows[i] + k));
      } else {
        row[i] = load_four<width>(rows[4 * part + i] + k);
      }
    }
    const auto lower_01 = hn::BitCast(pairs, hn::InterleaveLower(d, row[0], row[1]));
    const auto lower_23 = hn::BitCast(pairs, hn::InterleaveLower(d, row[2], row[3]));
    const auto upper_01 = hn::BitCast(pairs, hn::InterleaveUpper(d, row[0], row[1]));
    const auto upper_23 = hn::BitCast(pairs, hn::InterleaveUpper(d, row[2], row[3]));
    column[0].part[part] = hn::BitCast(d, hn::InterleaveLower(pairs, lower_01, lower_23));
    column[1].part[part] = hn::BitCast(d, hn::InterleaveUpper(pairs, lower_01, lower_23));
    column[2].part[part] = hn::BitCast(d, hn::InterleaveLower(pairs, upper_01, upper_23));
    column[3].part[part] = hn::BitCast(d, hn::InterleaveUpper(pairs, upper_01, upper_23));
  }
}
template <std::size_t width>
HWY_INLINE void load_columns(const double* const* rows, std::size_t k, oct64 (&column)[4]) noexcept {
  constexpr oct64::tag d;
  CALIBRANT_PACK_UNROLL for (std::size_t c = 0; c + 1 < width; c += 2) {
    CALIBRANT_PACK_UNROLL for (std::size_t part = 0; part < oct64::parts; ++part) {
      const auto even = load_pairs<2>(d, rows + part * oct64::lanes, k + c);
      const auto odd = load_pairs<2>(d, rows + part * oct64::lanes + 1, k + c);
      column[c].part[part] = hn::InterleaveLower(d, even, odd);
      column[c + 1].part[part] = hn::InterleaveUpper(d, even, odd);
    }
  }
  if constexpr (width % 2 == 1) {
    alignas(64) double last[8];
    for (std::size_t i = 0; i < 8; ++i) last[i] = rows[i][k + width - 1];
    column[width - 1] = load(last);
  }
}

/// Eight rows of K scores, transposed: to[stride k + i] = rows[i][k].
template <std::size_t stride = 8, class T>
HWY_INLINE void transpose_eight(const T* const* rows, std::size_t K, native<T>* to) noexcept {
  oct<native<T>> column[4];
  if (K >= 4) {
    for (std::size_t k = 0; k < K; k += 4) {
      const std::size_t from = std::min(k, K - 4);  // the last group may overlap the one before: same numbers again
      load_columns<4>(rows, from, column);
      CALIBRANT_PACK_UNROLL for (std::size_t c = 0; c < 4; ++c) store(column[c], to + stride * (from + c));
    }
    return;
  }
  if (K == 3) load_columns<3>(rows, 0, column);
  if (K == 2) load_columns<2>(rows, 0, column);
  if (K == 1) load_columns<1>(rows, 0, column);
  for (std::size_t c = 0; c < K; ++c) store(column[c], to + stride * c);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
