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
#include "simd/kernels/rows-inl.hpp"
#include "simd/kernels/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

inline constexpr std::uint64_t magic_bits = std::bit_cast<std::uint64_t>(2.0);

/// Sums of bits(p + 2) and bits(p^2 + 2), modulo 2^64; the bits of 2 itself are taken off once per group of rows.
struct grid_sums {
  oct<std::int64_t> totals;
  oct<std::int64_t> squares;

  HWY_INLINE void add(const oct64& p) noexcept {
    const oct64 magic = broadcast(2.0);
    totals = totals + reinterpret<std::int64_t>(p + magic);
    squares = squares + reinterpret<std::int64_t>(p * p + magic);
  }
};

HWY_INLINE void add_to(std::int64_t& sum, std::uint64_t steps) noexcept {
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + steps);
}
HWY_INLINE void add_to(std::int64_t* sums, const oct<std::int64_t>& steps) noexcept { store(load(sums) + steps, sums); }

HWY_INLINE std::uint64_t grid_steps(double x, double magic) noexcept {
  return std::bit_cast<std::uint64_t>(x + magic) - std::bit_cast<std::uint64_t>(magic);
}

/// Smallest N that is not below the threshold, so that comparisons in N decide as comparisons of the exact numbers do.
template <class N>
HWY_INLINE N at_least(double threshold) noexcept {
  const auto rounded = static_cast<N>(threshold);
  return static_cast<double>(rounded) < threshold ? std::nextafter(rounded, std::numeric_limits<N>::infinity())
                                                  : rounded;
}

/// Appends large entries in the order of the calls.
struct entry_writer {
  large_entry* entries;
  std::size_t count = 0;

  template <class T>
  HWY_INLINE void put(std::size_t at, const T* row, std::size_t i, std::size_t k) const noexcept {
    entries[at] = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k), to_double(row[k])};
  }
  template <class T>
  HWY_INLINE void add_each(std::uint64_t bits, const T* row, std::size_t i, std::size_t first) noexcept {
    for (; bits != 0; bits &= bits - 1) {
      put(count++, row, i, first + static_cast<std::size_t>(std::countr_zero(bits)));
    }
  }
  /// The same for a row of at least four entries where four more places exist whatever the bits are: four writes
  /// without a branch, of which the useless ones are overwritten later. The number of large entries of a row is hard to
  /// predict.
  template <class T>
  HWY_INLINE void add_four_or_more(std::uint64_t bits, const T* row, std::size_t i) noexcept {
    std::uint64_t rest = bits;
    const std::uint64_t any = 1;  // stands in when no bit is left; column 0 always exists
    CALIBRANT_PACK_UNROLL for (std::size_t s = 0; s < 4; ++s) {
      const std::uint64_t next = rest != 0 ? rest : any;
      put(count + s, row, i, static_cast<std::size_t>(std::countr_zero(next)));
      rest &= rest - 1;
    }
    const auto found = static_cast<std::size_t>(std::popcount(bits));
    if (found <= 4) {
      count += found;
      return;
    }
    count += 4;
    add_each(rest, row, i, 0);
  }
};

/// Bit k tells whether row[k] >= edge, for K <= 64.
template <class T>
HWY_INLINE std::uint64_t large_bits(const T* row, std::size_t K, native<T> edge) noexcept {
  std::uint64_t bits = 0;
  std::size_t k = 0;
  if (K >= 8) {
    const oct<native<T>> edges = broadcast(edge);
    for (; k + 8 <= K; k += 8) bits |= std::uint64_t{bits_of(load_scores(row + k) >= edges)} << k;
    if (k < K) bits |= std::uint64_t{bits_of(load_scores(row + K - 8) >= edges)} << (K - 8);
    return bits;
  }
  for (; k < K; ++k) bits |= std::uint64_t{to_double(row[k]) >= static_cast<double>(edge)} << k;
  return bits;
}

inline constexpr std::size_t tiles_per_pass = 4;  ///< transposed tiles per load and store of the column sums

/// K <= max_tile_columns: tiles of eight rows, one row per lane; lanes are joined once at the end.
template <class T>
void accumulate_short_rows(const T* const* rows, std::size_t n, std::size_t K, std::int64_t* totals,
                           std::int64_t* squares) noexcept {
  using N = native<T>;
  alignas(64) N column[tiles_per_pass][8 * max_tile_columns];
  alignas(64) std::int64_t total_lanes[8 * max_tile_columns];
  alignas(64) std::int64_t square_lanes[8 * max_tile_columns];
  std::fill_n(total_lanes, 8 * K, 0);
  std::fill_n(square_lanes, 8 * K, 0);
  const std::size_t whole = n - n % 8;
  for (std::size_t i = 0; i < whole;) {
    const std::size_t tiles = std::min(tiles_per_pass, (whole - i) / 8);
    for (std::size_t t = 0; t < tiles; ++t, i += 8) transpose_eight(rows + i, K, column[t]);
    for (std::size_t k = 0; k < K; ++k) {
      grid_sums sums = {load(total_lanes + 8 * k), load(square_lanes + 8 * k)};
      for (std::size_t t = 0; t < tiles; ++t) sums.add(widen(load(column[t] + 8 * k)));
      store(sums.totals, total_lanes + 8 * k);
      store(sums.squares, square_lanes + 8 * k);
    }
  }
  for (std::size_t k = 0; k < K; ++k) {
    std::uint64_t total = 0 - whole * magic_bits;
    std::uint64_t square = total;
    for (std::size_t r = 0; r < 8; ++r) {
      total += static_cast<std::uint64_t>(total_lanes[8 * k + r]);
      square += static_cast<std::uint64_t>(square_lanes[8 * k + r]);
    }
    for (std::size_t i = whole; i < n; ++i) {
      const double p = to_double(rows[i][k]);
      total += grid_steps(p, 2.0);
      square += grid_steps(p * p, 2.0);
    }
    add_to(totals[k], total);
    add_to(squares[k], square);
  }
}

/// K >= 8: strips of eight columns, `group` rows between a load and a store of the column sums.
template <std::size_t group, class T>
HWY_INLINE void accumulate_group(const T* const* rows, std::size_t K, std::int64_t* totals,
                                 std::int64_t* squares) noexcept {
  const auto base = broadcast(static_cast<std::int64_t>(0 - group * magic_bits));
  std::size_t k = 0;
  for (; k + 8 <= K; k += 8) {
    grid_sums sums = {load(totals + k) + base, load(squares + k) + base};
    CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < group; ++r) sums.add(widen(load_scores(rows[r] + k)));
    store(sums.totals, totals + k);
    store(sums.squares, squares + k);
  }
  if (k == K) return;
  // The last eight columns overlap the strip before; entries already added are replaced by 0, which adds 0 steps.
  alignas(64) native<T> index[8];
  for (std::size_t j = 0; j < 8; ++j) index[j] = static_cast<native<T>>(j);
  const auto fresh = load(index) >= broadcast(static_cast<native<T>>(8 - K % 8));
  grid_sums sums = {base, base};
  CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < group; ++r) {
    sums.add(widen(keep(fresh, load_scores(rows[r] + K - 8))));
  }
  add_to(totals + K - 8, sums.totals);
  add_to(squares + K - 8, sums.squares);
}

/// Large entries of one row of at least eight entries. Few blocks of 32 hold any, so a block is asked as a whole first.
template <class T>
HWY_INLINE void find_large_entries(const T* row, std::size_t i, std::size_t K, native<T> edge,
                                   entry_writer& to) noexcept {
  const auto edges = broadcast(edge);
  std::size_t k = 0;
  for (; k + 32 <= K; k += 32) {
    const auto lower = greater_of(load_scores(row + k), load_scores(row + k + 8));
    const auto upper = greater_of(load_scores(row + k + 16), load_scores(row + k + 24));
    if (bits_of(greater_of(lower, upper) >= edges) == 0) continue;
    for (std::size_t j = k; j < k + 32; j += 8) to.add_each(bits_of(load_scores(row + j) >= edges), row, i, j);
  }
  for (; k + 8 <= K; k += 8) to.add_each(bits_of(load_scores(row + k) >= edges), row, i, k);
  if (k == K) return;
  const std::uint32_t bits = bits_of(load_scores(row + K - 8) >= edges);
  to.add_each(bits >> (8 - K % 8), row, i, k);
}

template <class T>
std::size_t accumulate_columns(const T* const* rows, std::size_t n, std::size_t K, double threshold,
                               std::int64_t* totals, std::int64_t* squares, large_entry* entries) noexcept {
  const auto edge = at_least<native<T>>(threshold);
  entry_writer to = {entries};
  if (K <= max_tile_columns) {
    accumulate_short_rows(rows, n, K, totals, squares);
    // Each row has this many places, so from a row's first place on there are that many at least.
    const bool four_places = K >= 4 && 4 * threshold <= 1.02 + threshold;
    if (four_places) {
      for (std::size_t i = 0; i < n; ++i) to.add_four_or_more(large_bits(rows[i], K, edge), rows[i], i);
    } else {
      for (std::size_t i = 0; i < n; ++i) to.add_each(large_bits(rows[i], K, edge), rows[i], i, 0);
    }
    return to.count;
  }
  constexpr std::size_t group = 4;
  std::size_t i = 0;
  for (; i + group <= n; i += group) {
    for (std::size_t r = i; r < i + group; ++r) find_large_entries(rows[r], r, K, edge, to);
    accumulate_group<group>(rows + i, K, totals, squares);
  }
  for (; i < n; ++i) {
    find_large_entries(rows[i], i, K, edge, to);
    accumulate_group<1>(rows + i, K, totals, squares);
  }
  return to.count;
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
