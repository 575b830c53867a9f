// Summaries of probability rows.

#if defined(CALIBRANT_SIMD_SUMMARIZE_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_SUMMARIZE_INL_HPP
#undef CALIBRANT_SIMD_SUMMARIZE_INL_HPP
#else
#define CALIBRANT_SIMD_SUMMARIZE_INL_HPP
#endif

#include <algorithm>
#include <limits>

#include "simd/kernels.hpp"
#include "simd/kernels/argmax-inl.hpp"
#include "simd/kernels/lanes-inl.hpp"
#include "simd/kernels/math-inl.hpp"
#include "simd/kernels/rows-inl.hpp"
#include "simd/kernels/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// Running sums in float32 of p, p^3, p ln p and p ln^2 p over the entries of one block.
template <std::size_t n>
struct block_sums {
  pack<float, n> total;
  pack<float, n> cubes;
  pack<float, n> entropy;
  pack<float, n> surprise;

  static HWY_INLINE block_sums zero() noexcept {
    const auto zero = broadcast<n>(0.0F);
    return {zero, zero, zero, zero};
  }
  static HWY_INLINE block_sums of(const pack<float, n>& p) noexcept {
    const auto log_p = log_f32(p);
    const auto p_log_p = p * log_p;
    return {p, p * p * p, p_log_p, p_log_p * log_p};
  }
  HWY_INLINE block_sums plus(const pack<float, n>& p) const noexcept {
    const auto log_p = log_f32(p);
    const auto p_log_p = p * log_p;
    return {total + p, fused(p * p, p, cubes), entropy + p_log_p, fused(p_log_p, log_p, surprise)};
  }
  friend HWY_INLINE block_sums operator+(const block_sums& a, const block_sums& b) noexcept {
    return {a.total + b.total, a.cubes + b.cubes, a.entropy + b.entropy, a.surprise + b.surprise};
  }
};

/// Rows of a tile of scores compared as N: as many float32 as one register holds, but no fewer than eight.
template <class N>
inline constexpr std::size_t summary_rows = std::is_same_v<N, float> && HWY_TARGET == HWY_AVX3 ? 16 : 8;
template <class N>
using tile_register32 = pack<float, pack<float, summary_rows<N>>::lanes>;

/// Columns of a transposed tile of `rows` rows as terms of row sums.
template <class N, std::size_t rows>
struct square_columns {
  static constexpr std::size_t lanes = sum_lanes;
  const N* column;

  static HWY_INLINE register64 zero() noexcept { return broadcast<oct64::lanes>(0.0); }
  HWY_INLINE register64 first(std::size_t j) const noexcept {
    const auto p = load_wide<oct64::lanes>(column + rows * j);
    return p * p;
  }
  HWY_INLINE register64 plus(const register64& sum, std::size_t j) const noexcept {
    const auto p = load_wide<oct64::lanes>(column + rows * j);
    return plus_square<N>(sum, p);
  }
};
template <std::size_t count, std::size_t rows>
struct block_columns {
  static constexpr std::size_t lanes = block_lanes;
  using sums = block_sums<count>;
  const float* column;

  static HWY_INLINE sums zero() noexcept { return sums::zero(); }
  HWY_INLINE sums first(std::size_t j) const noexcept { return sums::of(load<count>(column + rows * j)); }
  HWY_INLINE sums plus(const sums& sum, std::size_t j) const noexcept {
    return sum.plus(load<count>(column + rows * j));
  }
};
template <std::size_t count, std::size_t rows>
struct total_columns {
  static constexpr std::size_t lanes = block_lanes;
  const float* column;

  static HWY_INLINE pack<float, count> zero() noexcept { return broadcast<count>(0.0F); }
  HWY_INLINE pack<float, count> first(std::size_t j) const noexcept { return load<count>(column + rows * j); }
  HWY_INLINE pack<float, count> plus(const pack<float, count>& sum, std::size_t j) const noexcept {
    return sum + first(j);
  }
};

/// Scores of one tile, transposed, and in float32 beside it.
template <class T>
class score_tile {
 public:
  using N = native<T>;
  static constexpr std::size_t rows = summary_rows<N>;

  HWY_INLINE score_tile(const T* const* from, std::size_t K) noexcept {
    prefetch_ahead(from[0], rows * K * sizeof(T));
    CALIBRANT_PACK_UNROLL for (std::size_t r = 0; r < rows; r += 8) transpose_eight<rows>(from + r, K, column_ + r);
    if constexpr (!std::is_same_v<N, float>)
      for (std::size_t k = 0; k < K; ++k) store(narrow(load(column_ + rows * k)), narrowed_ + rows * k);
  }
  HWY_INLINE const N* column() const noexcept { return column_; }
  HWY_INLINE const float* narrow_column() const noexcept {
    if constexpr (std::is_same_v<N, float>) return column_;
    return narrowed_;
  }

 private:
  alignas(64) N column_[rows * max_tile_columns];
  alignas(64) float narrowed_[std::is_same_v<N, float> ? 1 : rows * max_tile_columns];
};

/// What the row check and the top label need of the rows of a tile: confidence, prediction, smallest entry and label
/// probability.
template <class T>
HWY_INLINE void summarize_largest(const score_tile<T>& tile, std::size_t K, const std::int32_t* labels,
                                  std::size_t count, const row_summaries& out) noexcept {
  using N = native<T>;
  constexpr std::size_t rows = score_tile<T>::rows;
  for (std::size_t r = 0; r < rows; r += 8) {
    tile_argmax<N> best;
    oct<N> smallest = broadcast(std::numeric_limits<N>::infinity());
    for (std::size_t k = 0; k < K; ++k) {
      const oct<N> p = load(tile.column() + rows * k + r);
      best.add(p, k);
      smallest = lesser_of(p, smallest);
    }
    best.store(out.confidence + r, out.prediction + r);
    store(widen(smallest) + 0.0, out.smallest + r);  // -0 becomes +0
  }
  for (std::size_t i = 0; i < count; ++i) {
    out.label_probability[i] = static_cast<double>(tile.column()[rows * static_cast<std::size_t>(labels[i]) + i]);
  }
}

/// The rows of a tile, each of at most max_tile_columns entries, which are one block; `out` has room for all.
template <class T, class Count>
HWY_INLINE void summarize_tile(const T* const* from, Count columns, const std::int32_t* labels, std::size_t count,
                               const row_summaries& out) noexcept {
  using N = native<T>;
  static_assert(max_tile_columns <= sum_block);
  constexpr std::size_t rows = score_tile<T>::rows;
  constexpr std::size_t lanes32 = tile_register32<N>::lanes;
  const std::size_t K = columns;
  const score_tile<T> tile(from, K);
  summarize_largest(tile, K, labels, count, out);
  // One register of rows at a time, so that the partial sums of the tree stay in registers.
  for (std::size_t r = 0; r < rows; r += oct64::lanes)
    store(sum_columns(square_columns<N, rows>{tile.column() + r}, K), out.sum_squares + r);
  for (std::size_t r = 0; r < rows; r += lanes32) {
    const auto sums = sum_columns(block_columns<lanes32, rows>{tile.narrow_column() + r}, K);
    store(widen(sums.total), out.total + r);
    store(widen(sums.cubes), out.sum_cubes + r);
    store(broadcast<lanes32>(0.0) - widen(sums.entropy), out.entropy + r);
    store(widen(sums.surprise), out.squared_surprise + r);
  }
}

/// The part of summarize_tile that summarize_top_label is.
template <class T, class Count>
HWY_INLINE void summarize_top_label_tile(const T* const* from, Count columns, const std::int32_t* labels,
                                         std::size_t count, const row_summaries& out) noexcept {
  constexpr std::size_t rows = score_tile<T>::rows;
  constexpr std::size_t lanes32 = tile_register32<native<T>>::lanes;
  const std::size_t K = columns;
  const score_tile<T> tile(from, K);
  summarize_largest(tile, K, labels, count, out);
  for (std::size_t r = 0; r < rows; r += lanes32)
    store(widen(sum_columns(total_columns<lanes32, rows>{tile.narrow_column() + r}, K)), out.total + r);
}

/// One row of more than max_tile_columns entries, sixteen along the row at a time.
template <class T>
HWY_INLINE void summarize_row(const T* row, std::size_t K, std::size_t i, const row_summaries& out) noexcept {
  using N = native<T>;
  row_extremes<T> extremes(row, K);
  oct64 squares = broadcast(0.0);
  double total = 0.0;
  double cubes = 0.0;
  double negative_entropy = 0.0;
  double surprise = 0.0;
  const std::size_t whole = K - K % 16;
  for (std::size_t begin = 0; begin < K; begin += sum_block) {
    const std::size_t end = std::min(begin + sum_block, whole);
    auto sums = block_sums<16>::zero();
    for (std::size_t j = begin; j < end; j += 16) {
      const pack<N, 16> p = load_scores<16>(row + j);
      prefetch_ahead(row + j, 16 * sizeof(T));
      extremes.add(p);
      sums = sums.plus(narrow(p));
      const pack<double, 16> wide = load_wide_scores<16>(row + j);
      squares = plus_square<N>(plus_square<N>(squares, lower_oct(wide)), upper_oct(wide));
    }
    if (begin + sum_block < K) {
      extremes.end_block(begin);
    } else {
      const row_tail<T> tail(row, K, N{0});
      extremes.end_row(tail);
      if (whole < K) {
        sums = sums.plus(narrow(tail.padded));
        const pack<double, 16> wide = widen(tail.padded);
        squares = plus_square<N>(plus_square<N>(squares, lower_oct(wide)), upper_oct(wide));
      }
    }
    total += static_cast<double>(sum_of_block(sums.total));
    cubes += static_cast<double>(sum_of_block(sums.cubes));
    negative_entropy += static_cast<double>(sum_of_block(sums.entropy));
    surprise += static_cast<double>(sum_of_block(sums.surprise));
  }
  extremes.finish(out.confidence[i], out.prediction[i], out.smallest[i]);
  out.total[i] = total;
  out.sum_squares[i] = sum_of_lanes(squares);
  out.sum_cubes[i] = cubes;
  out.entropy[i] = 0.0 - negative_entropy;
  out.squared_surprise[i] = surprise;
}

/// The part of summarize_row that summarize_top_label is.
template <class T>
HWY_INLINE void summarize_top_label_row(const T* row, std::size_t K, std::size_t i, const row_summaries& out) noexcept {
  using N = native<T>;
  row_extremes<T> extremes(row, K);
  double total = 0.0;
  const std::size_t whole = K - K % 16;
  for (std::size_t begin = 0; begin < K; begin += sum_block) {
    const std::size_t end = std::min(begin + sum_block, whole);
    auto sum = broadcast<16>(0.0F);
    for (std::size_t j = begin; j < end; j += 16) {
      const pack<N, 16> p = load_scores<16>(row + j);
      prefetch_ahead(row + j, 16 * sizeof(T));
      extremes.add(p);
      sum = sum + narrow(p);
    }
    if (begin + sum_block < K) {
      extremes.end_block(begin);
    } else {
      const row_tail<T> tail(row, K, N{0});
      extremes.end_row(tail);
      if (whole < K) sum = sum + narrow(tail.padded);
    }
    total += static_cast<double>(sum_of_block(sum));
  }
  extremes.finish(out.confidence[i], out.prediction[i], out.smallest[i]);
  out.total[i] = total;
}

/// log_loss = -ln label_probability.
HWY_INLINE void log_losses(const double* label_probability, std::size_t n, double* log_loss) noexcept {
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    store(broadcast<16>(0.0) - log_f64(load<16>(label_probability + i)), log_loss + i);
  }
  for (; i + 8 <= n; i += 8) store(broadcast(0.0) - log_f64(load(label_probability + i)), log_loss + i);
  if (i == n) return;
  alignas(64) double p[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  std::copy(label_probability + i, label_probability + n, p);
  store(broadcast(0.0) - log_f64(load(p)), p);
  std::copy(p, p + (n - i), log_loss + i);
}

/// Short rows by tile(rows, columns, labels, count, out), others by row(row, K, i, out) and their label's entry.
template <std::size_t fields, class T, class Tile, class Row>
HWY_INLINE void summarize_by(const Tile& tile, const Row& row, const T* const* rows, std::size_t n, std::size_t K,
                             const std::int32_t* labels, const row_summaries& out) noexcept {
  if (K <= max_tile_columns) {
    with_count(K, [&](auto columns) HWY_ATTR {
      for_each_tile<fields, summary_rows<native<T>>>(
          rows, n, out,
          [&](const T* const* some, std::size_t first, std::size_t count, const row_summaries& to)
              HWY_ATTR { tile(some, columns, labels + first, count, to); });
    });
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    row(rows[i], K, i, out);
    out.label_probability[i] = to_double(rows[i][labels[i]]);
  }
}

template <class T>
void summarize_probabilities(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                             const row_summaries& out) noexcept {
  summarize_by<all_fields>([](const auto&... of) HWY_ATTR { summarize_tile(of...); },
                           [](const auto&... of) HWY_ATTR { summarize_row(of...); }, rows, n, K, labels, out);
  log_losses(out.label_probability, n, out.log_loss);
}

template <class T>
void summarize_top_label(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                         const row_summaries& out) noexcept {
  summarize_by<top_label_fields>([](const auto&... of) HWY_ATTR { summarize_top_label_tile(of...); },
                                 [](const auto&... of) HWY_ATTR { summarize_top_label_row(of...); }, rows, n, K, labels,
                                 out);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
