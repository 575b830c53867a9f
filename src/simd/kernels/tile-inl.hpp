// Walks a call's rows in tiles, one row per lane; for rows too short to fill a register along the row.

#if defined(CALIBRANT_SIMD_TILE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_TILE_INL_HPP
#undef CALIBRANT_SIMD_TILE_INL_HPP
#else
#define CALIBRANT_SIMD_TILE_INL_HPP
#endif

#include <algorithm>
#include <array>
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

/// Which summaries a kernel writes: those of the top label stand first.
inline constexpr std::size_t top_label_fields = 4;
inline constexpr std::size_t all_fields = 9;

/// The arrays of float64 among the summaries; prediction is the only other one.
HWY_INLINE std::array<double*, all_fields> arrays_of(const row_summaries& s) noexcept {
  return {s.confidence, s.label_probability, s.total,   s.smallest, s.sum_squares, s.sum_cubes,
          s.entropy,    s.squared_surprise,  s.log_loss};
}

/// The same arrays from row i on.
template <std::size_t fields>
HWY_INLINE row_summaries from_row(const row_summaries& out, std::size_t i) noexcept {
  row_summaries from = {};
  from.confidence = out.confidence + i;
  from.prediction = out.prediction + i;
  from.label_probability = out.label_probability + i;
  from.total = out.total + i;
  from.smallest = out.smallest + i;
  if constexpr (fields == all_fields) {
    from.sum_squares = out.sum_squares + i;
    from.sum_cubes = out.sum_cubes + i;
    from.entropy = out.entropy + i;
    from.squared_surprise = out.squared_surprise + i;
    from.log_loss = out.log_loss + i;
  }
  return from;
}

/// Calls tile(as many row pointers as a tile has rows, index of the first, how many of them count, room for the
/// summaries of a tile). A last incomplete tile repeats its last row and is summarised aside.
template <std::size_t fields, std::size_t tile_rows, class T, class Tile>
HWY_INLINE void for_each_tile(const T* const* rows, std::size_t n, const row_summaries& out,
                              const Tile& tile) noexcept {
  std::size_t i = 0;
  for (; i + tile_rows <= n; i += tile_rows) tile(rows + i, i, tile_rows, from_row<fields>(out, i));
  if (i == n) return;
  const std::size_t count = n - i;
  const T* padded[tile_rows];
  for (std::size_t r = 0; r < tile_rows; ++r) padded[r] = rows[std::min(i + r, n - 1)];
  alignas(64) double field[all_fields][tile_rows] = {};
  std::int32_t prediction[tile_rows] = {};
  const row_summaries aside = {field[0], prediction, field[1], field[2], field[3],
                               field[4], field[5],   field[6], field[7], field[8]};
  tile(static_cast<const T* const*>(padded), i, count, aside);
  std::copy_n(prediction, count, out.prediction + i);
  const auto to = arrays_of(out);
  for (std::size_t f = 0; f < fields; ++f) std::copy_n(field[f], count, to[f] + i);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
