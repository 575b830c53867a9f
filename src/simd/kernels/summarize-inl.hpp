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

/// Columns of a transposed tile as terms of row sums.
template <class N>
struct square_columns {
  static constexpr std::size_t lanes = sum_lanes;
  const N* column;

  static HWY_INLINE register64 zero() noexcept { return broadcast<oct64::lanes>(0.0); }
  HWY_INLINE register64 first(std::size_t j) const noexcept {
    const auto p = load_wide<oct64::lanes>(column + 8 * j);
    return p * p;
  }
  HWY_INLINE register64 plus(const register64& sum, std::size_t j) const noexcept {
    const auto p = load_wide<oct64::lanes>(column + 8 * j);
    return plus_square<N>(sum, p);
  }
};
struct block_columns {
  static constexpr std::size_t lanes = block_lanes;
  using sums = block_sums<oct32::lanes>;
  const float* column;

  static HWY_INLINE sums zero() noexcept { return sums::zero(); }
  HWY_INLINE sums first(std::size_t j) const noexcept { return sums::of(load<oct32::lanes>(column + 8 * j)); }
  HWY_INLINE sums plus(const sums& sum, std::size_t j) const noexcept {
    return sum.plus(load<oct32::lanes>(column + 8 * j));
  }
};

struct total_columns {
  static constexpr std::size_t lanes = block_lanes;
  const float* column;

  static HWY_INLINE oct32 zero() noexcept { return broadcast(0.0F); }
  HWY_INLINE oct32 first(std::size_t j) const noexcept { return load(column + 8 * j); }
  HWY_INLINE oct32 plus(const oct32& sum, std::size_t j) const noexcept { return sum + first(j); }
};

/// Columns of a transposed tile in float32; `room` is used where they are not yet.
template <class N>
HWY_INLINE const float* narrow_columns(const N* column, std::size_t K, float* room) noexcept {
  if constexpr (std::is_same_v<N, float>) {
    return column;
  } else {
    for (std::size_t k = 0; k < K; ++k) store(narrow(load(column + 8 * k)), room + 8 * k);
    return room;
  }
}
template <class N>
inline constexpr std::size_t narrow_room = std::is_same_v<N, float> ? 8 : 8 * max_tile_columns;

/// What the row check and the top label need of eight transposed rows: confidence, prediction, smallest entry and label
/// probability.
template <class N>
HWY_INLINE void summarize_largest(const N* column, std::size_t K, const std::int32_t* labels, std::size_t count,
                                  const row_summaries& out) noexcept {
  tile_argmax<N> best;
  oct<N> smallest = broadcast(std::numeric_limits<N>::infinity());
  for (std::size_t k = 0; k < K; ++k) {
    const oct<N> p = load(column + 8 * k);
    best.add(p, k);
    smallest = lesser_of(p, smallest);
  }
  for (std::size_t i = 0; i < count; ++i) {
    out.label_probability[i] = static_cast<double>(column[8 * static_cast<std::size_t>(labels[i]) + i]);
  }
  best.store(out.confidence, out.prediction);
  store(widen(smallest) + 0.0, out.smallest);  // -0 becomes +0
}

/// Eight rows of at most max_tile_columns entries, which are one block; `out` has room for eight rows.
template <class T, class Count>
HWY_INLINE void summarize_tile(const T* const* rows, Count columns, const std::int32_t* labels, std::size_t count,
                               const row_summaries& out) noexcept {
  using N = native<T>;
  static_assert(max_tile_columns <= sum_block);
  const std::size_t K = columns;
  alignas(64) N column[8 * max_tile_columns];
  prefetch_ahead(rows[0], 8 * K * sizeof(T));
  transpose_eight(rows, K, column);
  summarize_largest(column, K, labels, count, out);
  alignas(64) float narrowed[narrow_room<N>];
  const float* const narrow_column = narrow_columns(column, K, narrowed);
  // One register of rows at a time, so that the partial sums of the tree stay in registers.
  for (std::size_t r = 0; r < 8; r += oct64::lanes)
    store(sum_columns(square_columns<N>{column + r}, K), out.sum_squares + r);
  for (std::size_t r = 0; r < 8; r += oct32::lanes) {
    const auto sums = sum_columns(block_columns{narrow_column + r}, K);
    store(widen(sums.total), out.total + r);
    store(widen(sums.cubes), out.sum_cubes + r);
    store(broadcast<oct32::lanes>(0.0) - widen(sums.entropy), out.entropy + r);
    store(widen(sums.surprise), out.squared_surprise + r);
  }
}

/// The part of summarize_tile that summarize_top_label is.
template <class T, class Count>
HWY_INLINE void summarize_top_label_tile(const T* const* rows, Count columns, const std::int32_t* labels,
                                         std::size_t count, const row_summaries& out) noexcept {
  using N = native<T>;
  const std::size_t K = columns;
  alignas(64) N column[8 * max_tile_columns];
  prefetch_ahead(rows[0], 8 * K * sizeof(T));
  transpose_eight(rows, K, column);
  summarize_largest(column, K, labels, count, out);
  alignas(64) float narrowed[narrow_room<N>];
  store(widen(sum_columns(total_columns{narrow_columns(column, K, narrowed)}, K)), out.total);
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
      for_each_tile<fields>(rows, n, out,
                            [&](const T* const* eight, std::size_t first, std::size_t count, const row_summaries& to)
                                HWY_ATTR { tile(eight, columns, labels + first, count, to); });
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
