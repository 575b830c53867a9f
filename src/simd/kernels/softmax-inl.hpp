// Softmax of logit rows, with the summaries of the probabilities.

#if defined(CALIBRANT_SIMD_SOFTMAX_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_SOFTMAX_INL_HPP
#undef CALIBRANT_SIMD_SOFTMAX_INL_HPP
#else
#define CALIBRANT_SIMD_SOFTMAX_INL_HPP
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

/// Remembers in which of n lanes NaN has been seen.
template <class N, std::size_t n>
struct nan_lanes {
  pack<N, n> trace;  ///< +0 or NaN

  HWY_INLINE nan_lanes() noexcept : trace(broadcast<n>(N{0})) {}
  HWY_INLINE void add(const pack<N, n>& x) noexcept { trace = select(x == x, trace, x); }
};

/// Running sums in float32 of p^3, p ln p and p ln^2 p over the entries of one block; terms of p = 0 are 0.
template <std::size_t n>
struct softmax_sums {
  pack<float, n> cubes;
  pack<float, n> entropy;
  pack<float, n> surprise;

  static HWY_INLINE softmax_sums zero() noexcept {
    const auto zero = broadcast<n>(0.0F);
    return {zero, zero, zero};
  }
  HWY_INLINE softmax_sums plus(const pack<float, n>& p, const pack<float, n>& log_p) const noexcept {
    const auto finite_log = drop(p == broadcast<n>(0.0F), log_p);
    const auto p_log_p = p * finite_log;
    return {fused(p * p, p, cubes), entropy + p_log_p, fused(p_log_p, finite_log, surprise)};
  }
  friend HWY_INLINE softmax_sums operator+(const softmax_sums& a, const softmax_sums& b) noexcept {
    return {a.cubes + b.cubes, a.entropy + b.entropy, a.surprise + b.surprise};
  }
};

HWY_INLINE oct64 plus_fused_squares(const oct64& sum, const pack<double, 16>& q) noexcept {
  const oct64 lower = lower_oct(q);
  const oct64 upper = upper_oct(q);
  return fused(upper, upper, fused(lower, lower, sum));
}

/// Columns of a transposed tile as terms of row sums.
struct exponential_columns {
  static constexpr std::size_t lanes = sum_lanes;
  const double* exponential;

  static HWY_INLINE register64 zero() noexcept { return broadcast<oct64::lanes>(0.0); }
  HWY_INLINE register64 first(std::size_t j) const noexcept { return load<oct64::lanes>(exponential + 8 * j); }
  HWY_INLINE register64 plus(const register64& sum, std::size_t j) const noexcept { return sum + first(j); }
};
struct softmax_square_columns {
  static constexpr std::size_t lanes = sum_lanes;
  const double* p;

  static HWY_INLINE register64 zero() noexcept { return broadcast<oct64::lanes>(0.0); }
  HWY_INLINE register64 first(std::size_t j) const noexcept { return plus(zero(), j); }
  HWY_INLINE register64 plus(const register64& sum, std::size_t j) const noexcept {
    const auto q = load<oct64::lanes>(p + 8 * j);
    return fused(q, q, sum);
  }
};
struct softmax_block_columns {
  static constexpr std::size_t lanes = block_lanes;
  using sums = softmax_sums<oct32::lanes>;
  const float* p;
  const float* log_p;

  static HWY_INLINE sums zero() noexcept { return sums::zero(); }
  HWY_INLINE sums first(std::size_t j) const noexcept { return plus(zero(), j); }
  HWY_INLINE sums plus(const sums& sum, std::size_t j) const noexcept {
    return sum.plus(load<oct32::lanes>(p + 8 * j), load<oct32::lanes>(log_p + 8 * j));
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
  nan_lanes<N, 8> invalid;
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
  const oct32 narrow_log_sum = narrow(log_sum);
  alignas(64) float narrow_p[8 * max_tile_columns];
  alignas(64) float narrow_log_p[8 * max_tile_columns];
  for (std::size_t k = 0; k < K; ++k) {
    const oct64 q = load(probability + 8 * k) * scale;
    store(q, probability + 8 * k);
    store(narrow(q), narrow_p + 8 * k);
    store(narrow(load(logit + 8 * k) - best.largest) - narrow_log_sum, narrow_log_p + 8 * k);
  }
  for (std::size_t r = 0; r < 8; r += oct64::lanes)
    store(sum_columns(softmax_square_columns{probability + r}, K), out.sum_squares + r);
  for (std::size_t r = 0; r < 8; r += oct32::lanes) {
    const auto sums = sum_columns(softmax_block_columns{narrow_p + r, narrow_log_p + r}, K);
    store(widen(sums.cubes), out.sum_cubes + r);
    store(broadcast<oct32::lanes>(0.0) - widen(sums.entropy), out.entropy + r);
    store(widen(sums.surprise), out.squared_surprise + r);
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

/// One row of more than max_tile_columns logits, sixteen along the row at a time.
template <class T>
HWY_INLINE void softmax_row(const T* row, std::size_t K, std::int32_t label, double* p, std::size_t i,
                            const row_summaries& out) noexcept {
  using N = native<T>;
  using pack64 = pack<double, 16>;
  const std::size_t whole = K - K % 16;
  row_extremes<T> extremes(row, K);
  const row_tail<T> tail = extremes.scan(-std::numeric_limits<N>::infinity());
  double maximum = 0.0;
  double minimum = 0.0;
  extremes.finish(maximum, out.prediction[i], minimum);

  const pack64 largest = broadcast<16>(maximum);
  oct64 exponentials = broadcast(0.0);
  nan_lanes<N, 16> invalid;
  invalid.add(tail.overlapping);
  for (std::size_t j = 0; j < whole; j += 16) {
    const pack<N, 16> z = load_scores<16>(row + j);
    invalid.add(z);
    const pack64 e = exp_f64(widen(z) - largest);
    store(e, p + j);
    exponentials = exponentials + lower_oct(e) + upper_oct(e);
  }
  const pack64 tail_e = exp_f64(widen(tail.padded) - largest);
  exponentials = exponentials + lower_oct(tail_e) + upper_oct(tail_e);

  const oct<N> trace = lower_oct(invalid.trace) + upper_oct(invalid.trace);
  const double mark = sum_of_lanes(widen(trace)) + (maximum - maximum);
  const double sum = sum_of_lanes(exponentials) + mark;
  const double scale = 1.0 / sum;
  const pack64 scales = broadcast<16>(scale);
  const double log_sum = first_lane(log_f64(broadcast(sum)));
  const pack<float, 16> log_sums = broadcast<16>(static_cast<float>(log_sum));
  const pack<N, 16> maxima = broadcast<16>(static_cast<N>(maximum));
  oct64 squares = broadcast(0.0);
  double cubes = 0.0;
  double negative_entropy = 0.0;
  double surprise = 0.0;
  for (std::size_t begin = 0; begin < K; begin += sum_block) {
    const std::size_t end = std::min(begin + sum_block, whole);
    auto sums = softmax_sums<16>::zero();
    for (std::size_t j = begin; j < end; j += 16) {
      const pack64 q = load<16>(p + j) * scales;
      store(q, p + j);
      squares = plus_fused_squares(squares, q);
      sums = sums.plus(narrow(q), narrow(load_scores<16>(row + j) - maxima) - log_sums);
    }
    if (begin + sum_block >= K && whole < K) {
      const pack64 q = tail_e * scales;
      squares = plus_fused_squares(squares, q);
      sums = sums.plus(narrow(q), narrow(tail.padded - maxima) - log_sums);
      alignas(64) double tail_entries[16];
      store(q, tail_entries);
      std::copy_n(tail_entries, K - whole, p + whole);
    }
    cubes += static_cast<double>(sum_of_block(sums.cubes));
    negative_entropy += static_cast<double>(sum_of_block(sums.entropy));
    surprise += static_cast<double>(sum_of_block(sums.surprise));
  }

  const double loss = log_sum - (to_double(row[label]) - maximum);
  out.confidence[i] = scale;
  out.label_probability[i] = p[label];
  out.total[i] = 1.0 + mark;
  out.smallest[i] = 0.0;
  out.sum_squares[i] = sum_of_lanes(squares);
  out.sum_cubes[i] = cubes;
  out.entropy[i] = 0.0 - negative_entropy;
  out.squared_surprise[i] = surprise;
  out.log_loss[i] = loss < 0.0 ? 0.0 : loss;
}

template <class T>
void softmax(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p,
             const row_summaries& out) noexcept {
  if (K <= max_tile_columns) {
    for_each_tile<all_fields, 8>(
        rows, n, out,
        [&](const T* const* tile, std::size_t first, std::size_t count, const row_summaries& to)
            HWY_ATTR { softmax_tile(tile, count, K, labels + first, p + first * K, to); });
  } else {
    for (std::size_t i = 0; i < n; ++i) softmax_row(rows[i], K, labels[i], p + i * K, i, out);
  }
}

/// Eight rows of at most max_tile_columns logits, of which `count` are wanted.
template <class T>
HWY_INLINE void softmax_alone_tile(const T* const* rows, std::size_t count, std::size_t K, double* p) noexcept {
  using N = native<T>;
  alignas(64) N logit[8 * max_tile_columns];
  alignas(64) double probability[8 * max_tile_columns];
  transpose_eight(rows, K, logit);
  oct<N> best = load(logit);
  for (std::size_t k = 1; k < K; ++k) best = greater_of(load(logit + 8 * k), best);
  const oct64 top = widen(best);
  for (std::size_t k = 0; k < K; ++k) store(exp_f64(widen(load(logit + 8 * k)) - top), probability + 8 * k);
  alignas(64) double sums[8];
  for (std::size_t r = 0; r < 8; r += oct64::lanes)
    store(sum_columns(exponential_columns{probability + r}, K), sums + r);
  const oct64 scale = broadcast(1.0) / load(sums);
  for (std::size_t k = 0; k < K; ++k) store(load(probability + 8 * k) * scale, probability + 8 * k);
  if (count == 8) {
    store_eight(probability, K, p);
    return;
  }
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < K; ++k) p[i * K + k] = probability[8 * k + i];
}

/// One row of more than max_tile_columns logits, eight along the row at a time.
template <class T>
HWY_INLINE void softmax_alone_row(const T* row, std::size_t K, double* p) noexcept {
  using N = native<T>;
  const std::size_t whole = K - K % 8;
  N rest[8];
  std::fill_n(rest, 8, -std::numeric_limits<N>::infinity());
  for (std::size_t j = whole; j < K; ++j) rest[j - whole] = static_cast<N>(to_double(row[j]));
  const oct<N> last = load(static_cast<const N*>(rest));
  oct<N> best = last;
  for (std::size_t j = 0; j < whole; j += 8) best = greater_of(load_scores<8>(row + j), best);
  const oct64 top = broadcast(static_cast<double>(greatest_lane(best)));
  oct64 sum = broadcast(0.0);
  for (std::size_t j = 0; j < whole; j += 8) {
    const oct64 e = exp_f64(load_wide_scores<8>(row + j) - top);
    store(e, p + j);
    sum = sum + e;
  }
  const oct64 last_e = exp_f64(widen(last) - top);
  const double scale = 1.0 / sum_of_lanes(sum + last_e);
  for (std::size_t j = 0; j < whole; j += 8) store(load(p + j) * scale, p + j);
  alignas(64) double last_p[8];
  store(last_e * scale, last_p);
  std::copy_n(last_p, K - whole, p + whole);
}

template <class T>
void softmax_alone(const T* const* rows, std::size_t n, std::size_t K, double* p) noexcept {
  if (K > max_tile_columns) {
    for (std::size_t i = 0; i < n; ++i) softmax_alone_row(rows[i], K, p + i * K);
    return;
  }
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) softmax_alone_tile(rows + i, 8, K, p + i * K);
  if (i == n) return;
  const T* padded[8];
  for (std::size_t r = 0; r < 8; ++r) padded[r] = rows[std::min(i + r, n - 1)];
  softmax_alone_tile(static_cast<const T* const*>(padded), n - i, K, p + i * K);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
