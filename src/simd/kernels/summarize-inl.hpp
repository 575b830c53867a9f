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
  friend HWY_INLINE block_sums operator+(const block_sums& a, const block_sums& b) noexcept {
    return {a.total + b.total, a.cubes + b.cubes, a.entropy + b.entropy, a.surprise + b.surprise};
  }
};

/// Columns of a transposed tile as terms of row sums.
template <class N>
struct square_columns {
  struct sums : register64 {
    static HWY_INLINE register64 zero() noexcept { return broadcast<oct64::lanes>(0.0); }
  };
  const N* column;
  HWY_INLINE register64 operator()(std::size_t j) const noexcept {
    const auto p = load_wide<oct64::lanes>(column + 8 * j);
    return p * p;
  }
};
struct block_columns {
  using sums = block_sums<oct32::lanes>;
  const float* column;
  HWY_INLINE sums operator()(std::size_t j) const noexcept { return sums::of(load<oct32::lanes>(column + 8 * j)); }
};

/// Eight rows of at most max_tile_columns entries, which are one block; `out` has room for eight rows.
template <class T, class Count>
HWY_INLINE void summarize_tile(const T* const* rows, Count columns, const std::int32_t* labels, std::size_t count,
                               const row_summaries& out) noexcept {
  using N = native<T>;
  static_assert(max_tile_columns <= sum_block);
  const std::size_t K = columns;
  alignas(64) N column[8 * max_tile_columns];
  transpose_eight(rows, K, column);
  alignas(64) float narrowed[std::is_same_v<N, float> ? 8 : 8 * max_tile_columns];
  const float* narrow_column = narrowed;
  if constexpr (std::is_same_v<N, float>) {
    narrow_column = column;
  } else {
    for (std::size_t k = 0; k < K; ++k) store(narrow(load(column + 8 * k)), narrowed + 8 * k);
  }
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

/// One row of at least eight entries, eight along the row at a time.
template <class T>
HWY_INLINE void summarize_row(const T* row, std::size_t K, std::size_t i, const row_summaries& out) noexcept {
  using N = native<T>;
  const row_tail<T> tail(row, K, N{0});
  row_extremes<T> extremes(row, K);
  extremes.scan(tail);
  extremes.finish(out.confidence[i], out.prediction[i], out.smallest[i]);

  oct64 squares = broadcast(0.0);
  double total = 0.0;
  double cubes = 0.0;
  double negative_entropy = 0.0;
  double surprise = 0.0;
  for (std::size_t begin = 0; begin < K; begin += sum_block) {
    const std::size_t end = std::min(begin + sum_block, K);
    auto sums = block_sums<8>::zero();
    std::size_t j = begin;
    for (; j + 8 <= end; j += 8) {
      sums = sums + block_sums<8>::of(narrow(load_scores(row + j)));
      const oct64 p = load_wide_scores(row + j);
      squares = squares + p * p;
    }
    if (j < end) {
      sums = sums + block_sums<8>::of(narrow(tail.padded));
      const oct64 p = widen(tail.padded);
      squares = squares + p * p;
    }
    total += static_cast<double>(sum_of_lanes(sums.total));
    cubes += static_cast<double>(sum_of_lanes(sums.cubes));
    negative_entropy += static_cast<double>(sum_of_lanes(sums.entropy));
    surprise += static_cast<double>(sum_of_lanes(sums.surprise));
  }
  out.total[i] = total;
  out.sum_squares[i] = sum_of_lanes(squares);
  out.sum_cubes[i] = cubes;
  out.entropy[i] = 0.0 - negative_entropy;
  out.squared_surprise[i] = surprise;
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

template <class T>
void summarize_probabilities(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                             const row_summaries& out) noexcept {
  if (K <= max_tile_columns) {
    with_count(K, [&](auto columns) HWY_ATTR {
      for_each_tile(rows, n, out,
                    [&](const T* const* tile, std::size_t first, std::size_t count, const row_summaries& to)
                        HWY_ATTR { summarize_tile(tile, columns, labels + first, count, to); });
    });
  } else {
    for (std::size_t i = 0; i < n; ++i) {
      summarize_row(rows[i], K, i, out);
      out.label_probability[i] = to_double(rows[i][labels[i]]);
    }
  }
  log_losses(out.label_probability, n, out.log_loss);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
