// What rows of logits say of an inverse temperature, and logarithms of probabilities.

#if defined(CALIBRANT_SIMD_TEMPER_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_TEMPER_INL_HPP
#undef CALIBRANT_SIMD_TEMPER_INL_HPP
#else
#define CALIBRANT_SIMD_TEMPER_INL_HPP
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

/// Sums of e, e d and e d^2, with e = exp(beta d) of scores d measured from the largest of the row.
template <std::size_t n>
struct moment_sums {
  pack<double, n> exponentials;
  pack<double, n> scores;
  pack<double, n> squares;

  static HWY_INLINE moment_sums zero() noexcept {
    const auto zero = broadcast<n>(0.0);
    return {zero, zero, zero};
  }
  static HWY_INLINE moment_sums of(const pack<double, n>& e, const pack<double, n>& d) noexcept {
    const auto product = e * d;
    return {e, product, product * d};
  }
  friend HWY_INLINE moment_sums operator+(const moment_sums& a, const moment_sums& b) noexcept {
    return {a.exponentials + b.exponentials, a.scores + b.scores, a.squares + b.squares};
  }
};

/// Columns of a transposed tile as terms of row sums.
struct moment_columns {
  static constexpr std::size_t lanes = sum_lanes;
  using sums = moment_sums<oct64::lanes>;
  const double* exponential;
  const double* score;

  static HWY_INLINE sums zero() noexcept { return sums::zero(); }
  HWY_INLINE sums first(std::size_t j) const noexcept {
    return sums::of(load<oct64::lanes>(exponential + 8 * j), load<oct64::lanes>(score + 8 * j));
  }
  HWY_INLINE sums plus(const sums& sum, std::size_t j) const noexcept { return sum + first(j); }
};

/// -infinity and whatever else is out of reach becomes lowest_shifted_score.
template <std::size_t n>
HWY_INLINE pack<double, n> bounded_shift(const pack<double, n>& d) noexcept {
  return greater_of(d, broadcast<n>(lowest_shifted_score));
}

/// Eight rows of at most max_tile_columns logits, of which `count` are wanted.
template <class T>
HWY_INLINE void temper_tile(const T* const* rows, std::size_t count, std::size_t K, const std::int32_t* labels,
                            double beta, std::size_t to, const tempered_rows& out) noexcept {
  using N = native<T>;
  alignas(64) N logit[8 * max_tile_columns];
  alignas(64) double exponential[8 * max_tile_columns];
  alignas(64) double score[8 * max_tile_columns];
  transpose_eight(rows, K, logit);
  oct<N> best = load(logit);
  for (std::size_t k = 1; k < K; ++k) best = greater_of(load(logit + 8 * k), best);
  const oct64 top = widen(best);
  for (std::size_t k = 0; k < K; ++k) {
    const oct64 d = bounded_shift(widen(load(logit + 8 * k)) - top);
    store(d, score + 8 * k);
    store(exp_f64(d * beta), exponential + 8 * k);
  }
  alignas(64) double sums[3][8];
  for (std::size_t r = 0; r < 8; r += oct64::lanes) {
    const auto sum = sum_columns(moment_columns{exponential + r, score + r}, K);
    store(sum.exponentials, sums[0] + r);
    store(sum.scores, sums[1] + r);
    store(sum.squares, sums[2] + r);
  }
  alignas(64) double label[8] = {};
  for (std::size_t i = 0; i < count; ++i) label[i] = score[8 * static_cast<std::size_t>(labels[i]) + i];
  const oct64 sum = load(sums[0]);
  const oct64 mean = load(sums[1]) / sum;
  const oct64 spread = load(sums[2]) / sum - mean * mean;
  const oct64 label_score = load(label);
  alignas(64) double result[3][8];
  store(log_f64(sum) - label_score * beta, result[0]);
  store(mean - label_score, result[1]);
  store(greater_of(spread, broadcast(0.0)), result[2]);
  std::copy_n(result[0], count, out.loss + to);
  std::copy_n(result[1], count, out.slope + to);
  std::copy_n(result[2], count, out.variance + to);
}

/// One row of more than max_tile_columns logits, sixteen along the row at a time.
template <class T>
HWY_INLINE void temper_row(const T* row, std::size_t K, std::int32_t label, double beta, std::size_t i,
                           const tempered_rows& out) noexcept {
  using N = native<T>;
  const std::size_t whole = K - K % 16;
  row_extremes<T> extremes(row, K);
  const row_tail<T> tail = extremes.scan(-std::numeric_limits<N>::infinity());
  double top = 0.0;
  double bottom = 0.0;
  std::int32_t place = 0;
  extremes.finish(top, place, bottom);

  // Eight at a time: what sixteen need does not fit into the registers of AVX2.
  const oct64 tops = broadcast(top);
  auto sums = moment_sums<8>::zero();
  const auto add = [&](const oct64& z) HWY_ATTR {
    const oct64 d = bounded_shift(z - tops);
    sums = sums + moment_sums<8>::of(exp_f64(d * beta), d);
  };
  for (std::size_t j = 0; j < whole; j += 8) add(load_wide_scores<8>(row + j));
  add(widen(lower_oct(tail.padded)));
  add(widen(upper_oct(tail.padded)));

  const double sum = sum_of_lanes(sums.exponentials);
  const double mean = sum_of_lanes(sums.scores) / sum;
  const double spread = sum_of_lanes(sums.squares) / sum - mean * mean;
  const double label_score = std::max(to_double(row[label]) - top, lowest_shifted_score);
  out.loss[i] = first_lane(log_f64(broadcast(sum))) - label_score * beta;
  out.slope[i] = mean - label_score;
  out.variance[i] = spread > 0.0 ? spread : 0.0;
}

template <class T>
void temper(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double beta,
            const tempered_rows& out) noexcept {
  if (K > max_tile_columns) {
    for (std::size_t i = 0; i < n; ++i) temper_row(rows[i], K, labels[i], beta, i, out);
    return;
  }
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) temper_tile(rows + i, 8, K, labels + i, beta, i, out);
  if (i == n) return;
  const T* padded[8];
  for (std::size_t r = 0; r < 8; ++r) padded[r] = rows[std::min(i + r, n - 1)];
  temper_tile(static_cast<const T* const*>(padded), n - i, K, labels + i, beta, i, out);
}

/// scalar::temper_single
inline void temper_single(const float* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                          double beta, const tempered_rows& out) noexcept {
  using lanes = pack<float, single_lanes>;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const auto lowest = broadcast<single_lanes>(static_cast<float>(lowest_shifted_score));
  const auto slope = static_cast<float>(beta);
  const std::size_t whole = K - K % single_lanes;
  for (std::size_t i = 0; i < n; ++i) {
    const float* const row = rows[i];
    float padded[single_lanes];
    std::fill_n(padded, single_lanes, -infinity);
    std::copy_n(row + whole, K - whole, padded);
    const lanes rest = load<single_lanes>(padded);
    lanes best = rest;
    for (std::size_t j = 0; j < whole; j += single_lanes) best = greater_of(load<single_lanes>(row + j), best);
    const float top = greatest_lane(best);
    const lanes tops = broadcast<single_lanes>(top);
    lanes exponentials = broadcast<single_lanes>(0.0F);
    lanes scores = exponentials;
    lanes squares = exponentials;
    const auto add = [&](const lanes& z) HWY_ATTR {
      const lanes d = greater_of(z - tops, lowest);
      const lanes e = exp_f32(d * slope);
      exponentials = exponentials + e;
      scores = fused(e, d, scores);
      squares = fused(e * d, d, squares);
    };
    for (std::size_t j = 0; j < whole; j += single_lanes) add(load<single_lanes>(row + j));
    add(rest);
    const auto sum = static_cast<double>(sum_of_block(exponentials));
    const double mean = static_cast<double>(sum_of_block(scores)) / sum;
    const double spread = static_cast<double>(sum_of_block(squares)) / sum - mean * mean;
    const double label_score = std::max(static_cast<double>(row[labels[i]] - top), lowest_shifted_score);
    out.loss[i] = first_lane(log_f64(broadcast(sum))) - label_score * beta;
    out.slope[i] = mean - label_score;
    out.variance[i] = spread > 0.0 ? spread : 0.0;
  }
}

template <class T>
void floored_logs(const T* p, std::size_t count, double floor, double* log_p) noexcept {
  const auto logs = [&](const T* from)
                        HWY_ATTR { return log_f64(greater_of(widen(load_scores<8>(from)), broadcast(floor))); };
  std::size_t j = 0;
  for (; j + 8 <= count; j += 8) store(logs(p + j), log_p + j);
  if (j == count) return;
  T padded[8] = {};
  std::copy_n(p + j, count - j, padded);
  alignas(64) double rest[8];
  store(logs(padded), rest);
  std::copy_n(rest, count - j, log_p + j);
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
