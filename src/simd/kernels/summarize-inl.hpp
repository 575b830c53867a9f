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

/// p ln p and p ln^2 p in float32, written to arrays.
template <std::size_t n>
HWY_INLINE void store_logarithmic_terms(const pack<float, n>& p, float* entropy, float* surprise) noexcept {
  const auto log_p = log_f32(p);
  const auto p_log_p = p * log_p;
  store(p_log_p, entropy);
  store(p_log_p * log_p, surprise);
}

/// Running sums of p, p^2 and p^3.
template <std::size_t n>
struct power_sums {
  pack<double, n> total;
  pack<double, n> squares;
  pack<double, n> cubes;

  static HWY_INLINE power_sums zero() noexcept { return {broadcast<n>(0.0), broadcast<n>(0.0), broadcast<n>(0.0)}; }
  static HWY_INLINE power_sums of(const pack<double, n>& p) noexcept {
    const auto square = p * p;
    return {p, square, square * p};
  }
  friend HWY_INLINE power_sums operator+(const power_sums& a, const power_sums& b) noexcept {
    return {a.total + b.total, a.squares + b.squares, a.cubes + b.cubes};
  }
};

/// Running sums of p ln p and p ln^2 p.
template <std::size_t n>
struct logarithmic_sums {
  pack<double, n> entropy;
  pack<double, n> surprise;

  static HWY_INLINE logarithmic_sums zero() noexcept { return {broadcast<n>(0.0), broadcast<n>(0.0)}; }
  static HWY_INLINE logarithmic_sums of(const float* p_log_p, const float* p_log_p_log_p) noexcept {
    return {load_wide<n>(p_log_p), load_wide<n>(p_log_p_log_p)};
  }
  friend HWY_INLINE logarithmic_sums operator+(const logarithmic_sums& a, const logarithmic_sums& b) noexcept {
    return {a.entropy + b.entropy, a.surprise + b.surprise};
  }
};

/// Columns of a transposed tile as terms of row sums.
template <class N>
struct power_columns {
  using sums = power_sums<oct64::lanes>;
  const N* column;
  HWY_INLINE sums operator()(std::size_t j) const noexcept { return sums::of(load_wide<oct64::lanes>(column + 8 * j)); }
};
struct logarithmic_columns {
  using sums = logarithmic_sums<oct64::lanes>;
  const float* entropy;
  const float* surprise;
  HWY_INLINE sums operator()(std::size_t j) const noexcept { return sums::of(entropy + 8 * j, surprise + 8 * j); }
};

/// Eight rows of at most max_tile_columns entries; `out` has room for eight rows.
template <class T, class Count>
HWY_INLINE void summarize_tile(const T* const* rows, Count columns, const std::int32_t* labels, std::size_t count,
                               const row_summaries& out) noexcept {
  using N = native<T>;
  const std::size_t K = columns;
  alignas(64) N column[8 * max_tile_columns];
  alignas(64) float entropy[8 * max_tile_columns];
  alignas(64) float surprise[8 * max_tile_columns];
  transpose_eight(rows, K, column);
  tile_argmax<N> best;
  oct<N> smallest = broadcast(std::numeric_limits<N>::infinity());
  for (std::size_t k = 0; k < K; ++k) {
    const oct<N> p = load(column + 8 * k);
    best.add(p, k);
    smallest = lesser_of(p, smallest);
  }
  std::size_t k = 0;
  for (; k + 2 <= K; k += 2) {
    store_logarithmic_terms(narrow(load<16>(column + 8 * k)), entropy + 8 * k, surprise + 8 * k);
  }
  if (k < K) store_logarithmic_terms(narrow(load(column + 8 * k)), entropy + 8 * k, surprise + 8 * k);
  for (std::size_t i = 0; i < count; ++i) {
    out.label_probability[i] = static_cast<double>(column[8 * static_cast<std::size_t>(labels[i]) + i]);
  }
  best.store(out.confidence, out.prediction);
  store(widen(smallest) + 0.0, out.smallest);  // -0 becomes +0
  // One register of rows at a time, so that the partial sums of the tree stay in registers.
  for (std::size_t r = 0; r < 8; r += oct64::lanes) {
    const auto powers = sum_columns(power_columns<N>{column + r}, K);
    store(powers.total, out.total + r);
    store(powers.squares, out.sum_squares + r);
    store(powers.cubes, out.sum_cubes + r);
    const auto logarithms = sum_columns(logarithmic_columns{entropy + r, surprise + r}, K);
    store(broadcast<oct64::lanes>(0.0) - logarithms.entropy, out.entropy + r);
    store(logarithms.surprise, out.squared_surprise + r);
  }
}

/// One row of at least eight entries, eight along the row at a time.
template <class T>
HWY_INLINE void summarize_row(const T* row, std::size_t K, std::size_t i, const row_summaries& out) noexcept {
  using N = native<T>;
  const std::size_t whole = K - K % 8;
  const row_tail<T> tail(row, K, N{0});
  row_extremes<T> extremes(row, K);
  extremes.scan(tail);
  extremes.finish(out.confidence[i], out.prediction[i], out.smallest[i]);

  auto powers = power_sums<8>::zero();
  auto logarithms = logarithmic_sums<8>::zero();
  // The logarithms of a block come first, two octs at a time: their long chains overlap, and no sum takes registers meanwhile.
  constexpr std::size_t block = 64;
  alignas(64) float entropy[block];
  alignas(64) float surprise[block];
  for (std::size_t begin = 0; begin < whole; begin += block) {
    const std::size_t size = std::min(block, whole - begin);
    const T* from = row + begin;
    std::size_t j = 0;
    for (; j + 16 <= size; j += 16) {
      store_logarithmic_terms(narrow(load_scores<16>(from + j)), entropy + j, surprise + j);
    }
    if (j < size) store_logarithmic_terms(narrow(load_scores(from + j)), entropy + j, surprise + j);
    for (j = 0; j < size; j += 8) {
      powers = powers + power_sums<8>::of(load_wide_scores(from + j));
      logarithms = logarithms + logarithmic_sums<8>::of(entropy + j, surprise + j);
    }
  }
  if (whole < K) {
    store_logarithmic_terms(narrow(tail.padded), entropy, surprise);
    powers = powers + power_sums<8>::of(widen(tail.padded));
    logarithms = logarithms + logarithmic_sums<8>::of(entropy, surprise);
  }
  out.total[i] = sum_of_lanes(powers.total);
  out.sum_squares[i] = sum_of_lanes(powers.squares);
  out.sum_cubes[i] = sum_of_lanes(powers.cubes);
  out.entropy[i] = 0.0 - sum_of_lanes(logarithms.entropy);
  out.squared_surprise[i] = sum_of_lanes(logarithms.surprise);
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
                    [&](const T* const* tile, std::size_t first, std::size_t count, const row_summaries& to) HWY_ATTR {
                      summarize_tile(tile, columns, labels + first, count, to);
                    });
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
