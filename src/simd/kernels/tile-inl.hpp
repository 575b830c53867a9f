// Walks a call's rows in tiles of eight, one row per lane; for rows too short to fill a register along the row.

#if defined(CALIBRANT_SIMD_TILE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_TILE_INL_HPP
#undef CALIBRANT_SIMD_TILE_INL_HPP
#else
#define CALIBRANT_SIMD_TILE_INL_HPP
#endif

#include <algorithm>
#include <type_traits>

#include "simd/kernels.hpp"
#include "simd/kernels/pack-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

inline constexpr std::size_t max_tile_columns = 64;  ///< rows up to this K go through tiles

/// Calls f with K, as a constant where K is common enough for code of its own.
template <class F>
HWY_INLINE void with_count(std::size_t K, const F& f) noexcept {
  switch (K) {
    case 2:
      return f(std::integral_constant<std::size_t, 2>());
    case 10:
      return f(std::integral_constant<std::size_t, 10>());
    default:
      return f(K);
  }
}

/// The same arrays from row i on.
HWY_INLINE row_summaries from_row(const row_summaries& out, std::size_t i) noexcept {
  return {out.confidence + i,       out.prediction + i,  out.label_probability + i, out.total + i,
          out.smallest + i,         out.sum_squares + i, out.sum_cubes + i,         out.entropy + i,
          out.squared_surprise + i, out.log_loss + i};
}

/// Calls tile(eight row pointers, index of the first, how many of them count, room for eight summaries). A last
/// incomplete tile repeats its last row and is summarised aside.
template <class T, class Tile>
HWY_INLINE void for_each_tile(const T* const* rows, std::size_t n, const row_summaries& out,
                              const Tile& tile) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) tile(rows + i, i, std::size_t{8}, from_row(out, i));
  if (i == n) return;
  const std::size_t count = n - i;
  const T* padded[8];
  for (std::size_t r = 0; r < 8; ++r) padded[r] = rows[std::min(i + r, n - 1)];
  alignas(64) double field[9][8] = {};
  std::int32_t prediction[8] = {};
  const row_summaries aside = {field[0], prediction, field[1], field[2], field[3],
                               field[4], field[5],   field[6], field[7], field[8]};
  tile(static_cast<const T* const*>(padded), i, count, aside);
  const row_summaries to = from_row(out, i);
  std::copy_n(aside.confidence, count, to.confidence);
  std::copy_n(aside.prediction, count, to.prediction);
  std::copy_n(aside.label_probability, count, to.label_probability);
  std::copy_n(aside.total, count, to.total);
  std::copy_n(aside.smallest, count, to.smallest);
  std::copy_n(aside.sum_squares, count, to.sum_squares);
  std::copy_n(aside.sum_cubes, count, to.sum_cubes);
  std::copy_n(aside.entropy, count, to.entropy);
  std::copy_n(aside.squared_surprise, count, to.squared_surprise);
  std::copy_n(aside.log_loss, count, to.log_loss);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
