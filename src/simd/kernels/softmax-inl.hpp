// Softmax of logit rows, with the summaries of the probabilities.

#if defined(CALIBRANT_SIMD_SOFTMAX_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_SOFTMAX_INL_HPP
#undef CALIBRANT_SIMD_SOFTMAX_INL_HPP
#else
#define CALIBRANT_SIMD_SOFTMAX_INL_HPP
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "simd/kernels.hpp"
#include "simd/kernels/argmax-inl.hpp"
#include "simd/kernels/lanes-inl.hpp"
#include "simd/kernels/math-inl.hpp"
#include "simd/kernels/rows-inl.hpp"
#include "simd/kernels/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

/// Remembers in which lanes NaN has been seen.
template <class N>
struct nan_lanes {
  oct<N> trace;  ///< +0 or NaN

  HWY_INLINE nan_lanes() noexcept : trace(broadcast(N{0})) {}
  HWY_INLINE void add(const oct<N>& x) noexcept { trace = select(x == x, trace, x); }
};

/// Running sums of p^2, p^3, p ln p and p ln^2 p.
template <std::size_t n>
struct softmax_sums {
  pack<double, n> squares;
  pack<double, n> cubes;
  pack<double, n> entropy;
  pack<double, n> surprise;

  static HWY_INLINE softmax_sums zero() noexcept {
    const auto zero = broadcast<n>(0.0);
    return {zero, zero, zero, zero};
  }
  /// ln p = shifted - log_sum
  static HWY_INLINE softmax_sums of(const pack<double, n>& p, const pack<double, n>& shifted,
                                    const pack<double, n>& log_sum) noexcept {
    const auto absent = p == broadcast<n>(0.0);
    const auto log_p = shifted - log_sum;
    const auto p_log_p = p * log_p;
    const auto square = p * p;
    return {square, square * p, drop(absent, p_log_p), drop(absent, p_log_p * log_p)};
  }
  friend HWY_INLINE softmax_sums operator+(const softmax_sums& a, const softmax_sums& b) noexcept {
    return {a.squares + b.squares, a.cubes + b.cubes, a.entropy + b.entropy, a.surprise + b.surprise};
  }
};

/// Columns of a transposed tile as terms of row sums.
struct exponential_columns {
  struct sums : register64 {
    static HWY_INLINE register64 zero() noexcept { return broadcast<oct64::lanes>(0.0); }
  };
  const double* exponential;
  HWY_INLINE register64 operator()(std::size_t j) const noexcept { return load<oct64::lanes>(exponential + 8 * j); }
};
template <class N>
struct softmax_columns {
  using sums = softmax_sums<oct64::lanes>;
  const double* p;
  const N* logit;
  register64 largest;
  register64 log_sum;
  HWY_INLINE sums operator()(std::size_t j) const noexcept {
    return sums::of(load<oct64::lanes>(p + 8 * j), load_wide<oct64::lanes>(logit + 8 * j) - largest, log_sum);
  }
};

/// The 128-bit blocks of a register to to[0], to[step], to[2 step], ...
template <class D>
HWY_INLINE void store_pairs(D d, hn::Vec<D> pairs, double* to, std::size_t step) noexcept {
  if constexpr (hn::MaxLanes(D()) == 2) {
    hn::StoreU(pairs, d, to);
  } else {
    constexpr hn::Half<D> half;
    constexpr std::size_t blocks = hn::MaxLanes(D()) / 4;
    store_pairs(half, hn::LowerHalf(half, pairs), to, step);
    store_pairs(half, hn::UpperHalf(half, pairs), to + blocks * step, step);
  }
}

/// Eight transposed rows of K numbers back to consecutive rows of `to`.
HWY_INLINE void store_eight(const double* column, std::size_t K, double* to) noexcept {
  constexpr oct64::tag d;
  if (K == 1) {
    store(load(column), to);
    return;
  }
  for (std::size_t k = 0; k < K; k += 2) {
    const std::size_t from = std::min(k, K - 2);
    const oct64 even = load(column + 8 * from);
    const oct64 odd = load(column + 8 * (from + 1));
    CALIBRANT_PACK_UNROLL for (std::size_t part = 0; part < oct64::parts; ++part) {
      double* const row = to + part * oct64::lanes * K + from;
      store_pairs(d, hn::InterleaveLower(d, even.part[part], odd.part[part]), row, 2 * K);
      store_pairs(d, hn::InterleaveUpper(d, even.part[part], odd.part[part]), row + K, 2 * K);
    }
  }
}

/// Eight rows of at most max_tile_columns logits; p has room for count rows, `out` for eight.
template <class T>
HWY_INLINE void softmax_tile(const T* const* rows, std::size_t count, std::size_t K, const std::int32_t* labels,
                             double* p, const row_summaries& out) noexcept {
  using N = native<T>;
  alignas(64) N logit[8 * max_tile_columns];
  alignas(64) double probability[8 * max_tile_columns];
  transpose_eight(rows, K, logit);
  tile_argmax<N> best;
  nan_lanes<N> invalid;
  for (std::size_t k = 0; k < K; ++k) {
    const oct<N> z = load(logit + 8 * k);
    best.add(z, k);
    invalid.add(z);
  }
  const oct64 largest = widen(best.largest);
  for (std::size_t k = 0; k < K; ++k) {
    store(exp_f64(widen(load(logit + 8 * k)) - largest), probability + 8 * k);
  }
  // +0, or NaN where an entry is NaN or the maximum infinite; it marks every sum of such a row.
  const oct64 mark = widen(invalid.trace) + (largest - largest);
  oct64 sum = mark;
  alignas(64) double lane_buffer[8];
  for (std::size_t r = 0; r < 8; r += oct64::lanes) {
    store(sum_columns(exponential_columns{probability + r}, K), lane_buffer + r);
  }
  sum = sum + load(lane_buffer);
  const oct64 scale = broadcast(1.0) / sum;
  const oct64 log_sum = log_f64(sum);
  for (std::size_t k = 0; k < K; ++k) store(load(probability + 8 * k) * scale, probability + 8 * k);
  alignas(64) double largest_of_row[8];
  alignas(64) double log_sum_of_row[8];
  store(largest, largest_of_row);
  store(log_sum, log_sum_of_row);
  constexpr std::size_t step = oct64::lanes;
  for (std::size_t r = 0; r < 8; r += step) {
    const softmax_columns<N> terms = {probability + r, logit + r, load<step>(largest_of_row + r),
                                      load<step>(log_sum_of_row + r)};
    const auto sums = sum_columns(terms, K);
    store(sums.squares, out.sum_squares + r);
    store(sums.cubes, out.sum_cubes + r);
    store(broadcast<step>(0.0) - sums.entropy, out.entropy + r);
    store(sums.surprise, out.squared_surprise + r);
  }
  if (count == 8) {
    store_eight(probability, K, p);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < K; ++k) p[i * K + k] = probability[8 * k + i];
    }
  }
  alignas(64) double label_logit[8] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    label_logit[i] = to_double(rows[i][label]);
    out.label_probability[i] = probability[8 * label + i];
  }
  const oct64 zero = broadcast(0.0);
  const oct64 loss = log_sum - (load(label_logit) - largest);
  best.store(out.confidence, out.prediction);
  store(scale, out.confidence);
  store(broadcast(1.0) + mark, out.total);
  store(zero, out.smallest);
  store(select(loss < zero, zero, loss), out.log_loss);
}

/// One row of at least eight logits, eight along the row at a time.
template <class T>
HWY_INLINE void softmax_row(const T* row, std::size_t K, std::int32_t label, double* p, std::size_t i,
                            const row_summaries& out) noexcept {
  using N = native<T>;
  const std::size_t whole = K - K % 8;
  const row_tail<T> tail(row, K, -std::numeric_limits<N>::infinity());
  row_extremes<T> extremes(row, K);
  extremes.scan(tail);
  double maximum = 0.0;
  double minimum = 0.0;
  extremes.finish(maximum, out.prediction[i], minimum);

  const oct64 largest = broadcast(maximum);
  oct64 exponentials = broadcast(0.0);
  nan_lanes<N> invalid;
  invalid.add(tail.overlapping);
  for (std::size_t j = 0; j < whole; j += 8) {
    const oct<N> z = load_scores(row + j);
    invalid.add(z);
    const oct64 e = exp_f64(widen(z) - largest);
    store(e, p + j);
    exponentials = exponentials + e;
  }
  const oct64 tail_shifted = widen(tail.padded) - largest;
  oct64 tail_p = exp_f64(tail_shifted);
  exponentials = exponentials + tail_p;

  const double mark = sum_of_lanes(widen(invalid.trace)) + (maximum - maximum);
  const double sum = sum_of_lanes(exponentials) + mark;
  const double scale = 1.0 / sum;
  const oct64 scales = broadcast(scale);
  const oct64 log_sums = log_f64(broadcast(sum));
  const double log_sum = first_lane(log_sums);
  auto sums = softmax_sums<8>::zero();
  for (std::size_t j = 0; j < whole; j += 8) {
    const oct64 q = load(p + j) * scales;
    store(q, p + j);
    sums = sums + softmax_sums<8>::of(q, widen(load_scores(row + j)) - largest, log_sums);
  }
  tail_p = tail_p * scales;
  sums = sums + softmax_sums<8>::of(tail_p, tail_shifted, log_sums);
  alignas(64) double tail_entries[8];
  store(tail_p, tail_entries);
  std::copy_n(tail_entries, K - whole, p + whole);

  const double loss = log_sum - (to_double(row[label]) - maximum);
  out.confidence[i] = scale;
  out.label_probability[i] = p[label];
  out.total[i] = 1.0 + mark;
  out.smallest[i] = 0.0;
  out.sum_squares[i] = sum_of_lanes(sums.squares);
  out.sum_cubes[i] = sum_of_lanes(sums.cubes);
  out.entropy[i] = 0.0 - sum_of_lanes(sums.entropy);
  out.squared_surprise[i] = sum_of_lanes(sums.surprise);
  out.log_loss[i] = loss < 0.0 ? 0.0 : loss;
}

template <class T>
void softmax(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p,
             const row_summaries& out) noexcept {
  if (K <= max_tile_columns) {
    for_each_tile(rows, n, out,
                  [&](const T* const* tile, std::size_t first, std::size_t count, const row_summaries& to)
                      HWY_ATTR { softmax_tile(tile, count, K, labels + first, p + first * K, to); });
  } else {
    for (std::size_t i = 0; i < n; ++i) softmax_row(rows[i], K, labels[i], p + i * K, i, out);
  }
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
