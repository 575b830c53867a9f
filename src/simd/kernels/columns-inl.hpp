// Exact column sums of probability rows, and the entries at or above the second bin edge.

#if defined(CALIBRANT_SIMD_COLUMNS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_COLUMNS_INL_HPP
#undef CALIBRANT_SIMD_COLUMNS_INL_HPP
#else
#define CALIBRANT_SIMD_COLUMNS_INL_HPP
#endif

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "simd/kernels.hpp"
#include "simd/kernels/cells-inl.hpp"
#include "simd/kernels/rows-inl.hpp"
#include "simd/kernels/tile-inl.hpp"
#include "simd/lanes_of_bits.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// Sums of bits(p + 2) and bits(p^2 + 2), modulo 2^64; the bits of 2 itself are taken off once per group of rows.
struct grid_sums {
  oct<std::int64_t> totals;
  oct<std::int64_t> squares;

  /// N is the type from which p was widened.
  template <class N>
  HWY_INLINE void add(const oct64& p) noexcept {
    const oct64 magic = broadcast(2.0);
    totals = totals + reinterpret<std::int64_t>(p + magic);
    squares = squares + reinterpret<std::int64_t>(plus_square<N>(magic, p));
  }
};

HWY_INLINE void add_to(std::int64_t& sum, std::uint64_t steps) noexcept {
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + steps);
}
HWY_INLINE void add_to(std::int64_t* sums, const oct<std::int64_t>& steps) noexcept { store(load(sums) + steps, sums); }

/// Smallest N that is not below the threshold, so that comparisons in N decide as comparisons of the exact numbers do.
template <class N>
HWY_INLINE N at_least(double threshold) noexcept {
  const auto rounded = static_cast<N>(threshold);
  return static_cast<double>(rounded) < threshold ? std::nextafter(rounded, std::numeric_limits<N>::infinity())
                                                  : rounded;
}

/// The selected lanes moved to the front; what follows them is unspecified. Highway's own Compress copies its table to
/// the stack on every call (1.0.3 with GCC 12), which costs more than the rest of the kernel.
template <class D>
HWY_INLINE hn::Vec<D> compressed(D d, hn::Vec<D> lanes, hn::Mask<D> selected) noexcept {
#if HWY_TARGET == HWY_AVX3
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return hn::Vec<D>{_mm512_maskz_compress_pd(selected.raw, lanes.raw)};
  } else {
    return hn::Vec<D>{_mm256_maskz_compress_ps(selected.raw, lanes.raw)};
  }
#else
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(d, selected, bits);
  const auto order = hn::LoadU(hn::Rebind<std::uint8_t, D>(), lanes_of_bits[bits[0]].data());
  constexpr hn::Rebind<std::int32_t, D> int32s;
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    constexpr hn::Rebind<std::int64_t, D> int64s;
    return hn::TableLookupLanes(lanes, hn::IndicesFromVec(d, hn::PromoteTo(int64s, hn::PromoteTo(int32s, order))));
  } else {
    return hn::TableLookupLanes(lanes, hn::IndicesFromVec(d, hn::PromoteTo(int32s, order)));
  }
#endif
}

/// Entries outside of bin 0 on their way to their cells. They are compressed to the front without branches: how many a
/// row holds is hard to predict. The caller keeps the number of entries that wait, so that it stays in a register: what
/// is stored here could be that number, as far as the compiler knows.
template <class N>
class entry_buffer {
 public:
  HWY_INLINE entry_buffer(std::size_t bins, pending_cell* cells) noexcept : adder_(bins, cells) {}

  /// Adds those of eight entries of the given columns that are selected to the `count` that wait; returns how many
  /// wait.
  HWY_INLINE std::size_t add(std::size_t count, const pack_mask<N, 8>& selected, const oct<N>& p,
                             const oct<N>& columns) noexcept {
    constexpr typename oct<N>::tag d;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct<N>::parts; ++i) {
      hn::StoreU(compressed(d, p.part[i], selected.part[i]), d, value_ + count);
      hn::StoreU(compressed(d, columns.part[i], selected.part[i]), d, column_ + count);
      count += hn::CountTrue(d, selected.part[i]);
    }
    return count;
  }
  /// The same where all eight stand in one column.
  HWY_INLINE std::size_t add_in_column(std::size_t count, const pack_mask<N, 8>& selected, const oct<N>& p,
                                       N column) noexcept {
    constexpr typename oct<N>::tag d;
    CALIBRANT_PACK_UNROLL for (std::size_t i = 0; i < oct<N>::parts; ++i) {
      hn::StoreU(compressed(d, p.part[i], selected.part[i]), d, value_ + count);
      hn::StoreU(hn::Set(d, column), d, column_ + count);
      count += hn::CountTrue(d, selected.part[i]);
    }
    return count;
  }
  /// Call after at most max_tile_columns entries. Returns how many wait.
  [[nodiscard]] HWY_INLINE std::size_t make_room(std::size_t count) const noexcept {
    return count > capacity - max_tile_columns ? flush(count) : count;
  }
  /// Moves the `count` entries that wait to their cells. Returns 0.
  HWY_NOINLINE std::size_t flush(std::size_t count) const noexcept {
    const cell_adder adder = adder_;
    const auto row = broadcast(std::int64_t{-1});
    const auto hit = broadcast(std::int64_t{0});
    const auto counts = broadcast(pending_cell::one_row);
    for (std::size_t i = 0; i < count; i += 8)
      adder.add(widen(load(value_ + i)), widen(load(column_ + i)), counts, row, hit,
                std::min<std::size_t>(count - i, 8));
    return 0;
  }

 private:
  static constexpr std::size_t capacity = 512;
  static constexpr std::size_t padding = 8;  ///< whole registers are written and read

  cell_adder adder_;
  alignas(64) N value_[capacity + padding];
  alignas(64) N column_[capacity + padding];
};

template <class N>
HWY_INLINE oct<N> first_columns() noexcept {
  alignas(64) static constexpr N index[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  return load(index);
}

inline constexpr std::size_t tiles_per_pass = 4;  ///< transposed tiles per load and store of the column sums

/// Eight rows, transposed; of fewer rows the missing ones are zeros, which add nothing to any sum.
template <class T>
HWY_INLINE void transpose_up_to_eight(const T* const* rows, std::size_t count, std::size_t K, native<T>* to) noexcept {
  if (count >= 8) return transpose_eight(rows, K, to);
  const T* padded[8];
  for (std::size_t r = 0; r < 8; ++r) padded[r] = rows[std::min(r, count - 1)];
  transpose_eight(static_cast<const T* const*>(padded), K, to);
  const auto missing = first_columns<native<T>>() >= broadcast(static_cast<native<T>>(count));
  for (std::size_t k = 0; k < K; ++k) store(drop(missing, load(to + 8 * k)), to + 8 * k);
}

/// K <= max_tile_columns: tiles of eight rows, one row per lane; lanes are joined once at the end.
template <class T>
void accumulate_short_rows(const T* const* rows, std::size_t n, std::size_t K, native<T> edge, std::int64_t* totals,
                           std::int64_t* squares, entry_buffer<native<T>>& entries) noexcept {
  using N = native<T>;
  const oct<N> edges = broadcast(edge);
  alignas(64) N column[tiles_per_pass][8 * max_tile_columns];
  alignas(64) std::int64_t total_lanes[8 * max_tile_columns];
  alignas(64) std::int64_t square_lanes[8 * max_tile_columns];
  std::fill_n(total_lanes, 8 * K, 0);
  std::fill_n(square_lanes, 8 * K, 0);
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < n;) {
    std::size_t tiles = 0;
    for (; tiles < tiles_per_pass && i < n; ++tiles, i += 8) {
      transpose_up_to_eight(rows + i, n - i, K, column[tiles]);
      // Column by column within eight rows: neighbours in the buffer seldom share a cell, so that adding them overlaps.
      for (std::size_t k = 0; k < K; ++k) {
        const oct<N> p = load(column[tiles] + 8 * k);
        waiting = entries.add_in_column(waiting, p >= edges, p, static_cast<N>(k));
        if (k % 8 == 7) waiting = entries.make_room(waiting);
      }
      waiting = entries.make_room(waiting);
    }
    for (std::size_t k = 0; k < K; ++k) {
      grid_sums sums = {load(total_lanes + 8 * k), load(square_lanes + 8 * k)};
      for (std::size_t t = 0; t < tiles; ++t) sums.template add<N>(widen(load(column[t] + 8 * k)));
      store(sums.totals, total_lanes + 8 * k);
      store(sums.squares, square_lanes + 8 * k);
    }
  }
  entries.flush(waiting);
  const std::size_t lanes_used = (n + 7) / 8 * 8;
  for (std::size_t k = 0; k < K; ++k) {
    std::uint64_t total = 0 - lanes_used * magic_bits;
    std::uint64_t square = total;
    for (std::size_t r = 0; r < 8; ++r) {
      total += static_cast<std::uint64_t>(total_lanes[8 * k + r]);
      square += static_cast<std::uint64_t>(square_lanes[8 * k + r]);
    }
    add_to(totals[k], total);
    add_to(squares[k], square);
  }
}

/// Asks for the cache line `ahead` bytes after `from`, into the second-level cache.
HWY_INLINE void prefetch_later(const void* from, std::size_t ahead) noexcept {
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(from) + ahead), 0, 2);
}

/// K >= 8: strips of eight columns, `group` rows between a load and a store of the column sums.
template <std::size_t group, class T>
HWY_INLINE void accumulate_group(const T* const* rows, std::size_t K, std::size_t ahead, std::int64_t* totals,
                                 std::int64_t* squares) noexcept {
  constexpr std::size_t line = 64 / sizeof(T);
  const auto base = broadcast(static_cast<std::int64_t>(0 - group * magic_bits));
  std::size_t k = 0;
  for (; k + 8 <= K; k += 8) {
    grid_sums sums = {load(totals + k) + base, load(squares + k) + base};
    CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < group; ++r)
        sums.template add<native<T>>(load_wide_scores(rows[r] + k));
    if (ahead != 0 && k % line == 0) {
      CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < group; ++r) prefetch_later(rows[r] + k, ahead);
    }
    store(sums.totals, totals + k);
    store(sums.squares, squares + k);
  }
  if (k == K) return;
  // The last eight columns overlap the strip before; entries already added are replaced by 0, which adds 0 steps.
  const auto fresh = first_columns<native<T>>() >= broadcast(static_cast<native<T>>(8 - K % 8));
  grid_sums sums = {base, base};
  CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < group; ++r) {
    sums.template add<native<T>>(widen(keep(fresh, load_scores(rows[r] + K - 8))));
  }
  add_to(totals + K - 8, sums.totals);
  add_to(squares + K - 8, sums.squares);
}

/// Entries >= edge of one row of more than max_tile_columns join the `waiting` ones, whose new number is returned. Few
/// blocks of 32 hold any, so a block is asked as a whole first.
template <class T>
HWY_INLINE std::size_t find_long_entries(const T* row, std::size_t K, native<T> edge, std::size_t waiting,
                                         entry_buffer<native<T>>& to) noexcept {
  using N = native<T>;
  const oct<N> edges = broadcast(edge);
  const auto add = [&](std::size_t j) HWY_ATTR {
    const oct<N> p = load_scores(row + j);
    waiting = to.add(waiting, p >= edges, p, first_columns<N>() + static_cast<N>(j));
  };
  std::size_t k = 0;
  for (; k + 32 <= K; k += 32) {
    const auto largest = greater_of(load_scores<16>(row + k), load_scores<16>(row + k + 16));
    if (!any_of(largest >= broadcast<16>(edge))) continue;
    for (std::size_t j = k; j < k + 32; j += 8) add(j);
    waiting = to.make_room(waiting);
  }
  for (; k + 8 <= K; k += 8) add(k);
  waiting = to.make_room(waiting);
  if (k == K) return waiting;
  const oct<N> last = first_columns<N>() + static_cast<N>(K - 8);
  const oct<N> p = keep(last >= broadcast(static_cast<N>(k)), load_scores(row + K - 8));
  return to.add(waiting, p >= edges, p, last);
}

template <class T>
void accumulate_columns(const T* const* rows, std::size_t n, std::size_t K, std::size_t bins, std::size_t ahead,
                        std::int64_t* totals, std::int64_t* squares, pending_cell* cells) noexcept {
  // With one bin nothing is outside of bin 0.
  const auto edge = at_least<native<T>>(bins > 1 ? 1.0 * (1.0 / static_cast<double>(bins)) : 2.0);
  entry_buffer<native<T>> entries(bins, cells);
  if (K <= max_tile_columns) {
    accumulate_short_rows(rows, n, K, edge, totals, squares, entries);
    return;
  }
  constexpr std::size_t group = 8;
  std::size_t waiting = 0;
  std::size_t i = 0;
  for (; i + group <= n; i += group) {
    for (std::size_t r = i; r < i + group; ++r) waiting = find_long_entries(rows[r], K, edge, waiting, entries);
    accumulate_group<group>(rows + i, K, ahead, totals, squares);
  }
  for (; i < n; ++i) {
    waiting = find_long_entries(rows[i], K, edge, waiting, entries);
    accumulate_group<1>(rows + i, K, ahead, totals, squares);
  }
  entries.flush(waiting);
}

inline std::int64_t exact_sum(const double* x, std::size_t n, double magic) noexcept {
  oct<std::int64_t> lanes = broadcast(std::int64_t{0});
  const oct64 magics = broadcast(magic);
  const std::size_t whole = n - n % 8;
  for (std::size_t i = 0; i < whole; i += 8) {
    lanes = lanes + reinterpret<std::int64_t>(load(x + i) + magics);
  }
  alignas(64) std::int64_t lane[8];
  store(lanes, lane);
  std::uint64_t sum = 0 - whole * std::bit_cast<std::uint64_t>(magic);
  for (const std::int64_t steps : lane) sum += static_cast<std::uint64_t>(steps);
  for (std::size_t i = whole; i < n; ++i) sum += grid_steps(x[i], magic);
  return static_cast<std::int64_t>(sum);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
