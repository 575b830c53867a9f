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

/// sum over j = first, first + 8, ... < K of term(j): one lane of the row sums, for as many rows as a register holds.
/// Starting with the first term instead of +0 changes nothing but the sign of a zero; sum_columns puts that right.
template <class Term>
HWY_INLINE auto lane(const Term& term, std::size_t first, std::size_t K) noexcept {
  auto sum = first < K ? term(first) : Term::sums::zero();
  for (std::size_t j = first + 8; j < K; j += 8) sum = sum + term(j);
  return sum;
}

/// ((0+4)+(2+6)) + ((1+5)+(3+7)) over the lanes.
template <std::size_t first, std::size_t step, class Term>
HWY_INLINE auto tree(const Term& term, std::size_t K) noexcept {
  if constexpr (step == 8) {
    return lane(term, first, K);
  } else {
    const auto left = tree<first, 2 * step>(term, K);
    return left + tree<first + step, 2 * step>(term, K);
  }
}

/// Row sums over the columns j < K of a tile.
template <class Term>
HWY_INLINE auto sum_columns(const Term& term, std::size_t K) noexcept {
  return tree<0, 1>(term, K) + Term::sums::zero();
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
