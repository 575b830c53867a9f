// Sums over the columns of a transposed tile, in the lane order that all targets share.

#if defined(CALIBRANT_SIMD_LANES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_LANES_INL_HPP
#undef CALIBRANT_SIMD_LANES_INL_HPP
#else
#define CALIBRANT_SIMD_LANES_INL_HPP
#endif

#include "simd/kernels/pack-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// Sum of the terms first, first + step, ... < K: one lane of the row sums, for as many rows as a register holds.
/// Starting with the first term instead of +0 changes nothing but the sign of a zero; sum_columns puts that right.
template <std::size_t step, class Terms>
HWY_INLINE auto lane(const Terms& terms, std::size_t first, std::size_t K) noexcept {
  auto sum = first < K ? terms.first(first) : Terms::zero();
  for (std::size_t j = first + step; j < K; j += step) sum = terms.plus(sum, j);
  return sum;
}

/// ((0+4)+(2+6)) + ((1+5)+(3+7)) over the lanes; of sixteen lanes, j and j + 8 are joined first.
template <std::size_t first, std::size_t step, class Terms>
HWY_INLINE auto tree(const Terms& terms, std::size_t K) noexcept {
  if constexpr (step == 8) {
    if constexpr (Terms::lanes == 8) {
      return lane<8>(terms, first, K);
    } else {
      const auto lower = lane<16>(terms, first, K);
      return first + 8 < K ? lower + lane<16>(terms, first + 8, K) : lower;
    }
  } else {
    const auto left = tree<first, 2 * step>(terms, K);
    return left + tree<first + step, 2 * step>(terms, K);
  }
}

/// Row sums over the columns j < K of a tile.
template <class Terms>
HWY_INLINE auto sum_columns(const Terms& terms, std::size_t K) noexcept {
  return tree<0, 1>(terms, K) + Terms::zero();
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
