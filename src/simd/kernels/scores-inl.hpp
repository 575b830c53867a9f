// Checks and score terms of summarised rows.

#if defined(CALIBRANT_SIMD_SCORES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef CALIBRANT_SIMD_SCORES_INL_HPP
#undef CALIBRANT_SIMD_SCORES_INL_HPP
#else
#define CALIBRANT_SIMD_SCORES_INL_HPP
#endif

#include <algorithm>
#include <array>

#include "simd/kernels.hpp"
#include "simd/kernels/pack-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace calibrant::simd::HWY_NAMESPACE {

inline row_tally check_rows(const row_summaries& rows, std::size_t n, double tolerance, double loose) noexcept {
  const oct64 zero = broadcast(0.0);
  const oct64 one = broadcast(1.0);
  oct64 good = zero;  // counts stay below 2^53
  oct64 tight = zero;
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const oct64 difference = load(rows.total + i) - one;
    const oct64 miss = greater_of(difference, zero - difference);
    const oct64 in_range = keep(load(rows.smallest + i) >= zero, keep(one >= load(rows.confidence + i), one));
    good = good + keep(broadcast(tolerance) >= miss, in_range);
    tight = tight + keep(broadcast(loose) >= miss, one);
  }
  row_tally tally = {i - static_cast<std::uint64_t>(sum_of_lanes(good)),
                     i - static_cast<std::uint64_t>(sum_of_lanes(tight))};
  for (; i < n; ++i) {
    const double difference = rows.total[i] - 1.0;
    const double miss = difference < 0.0 ? -difference : difference;
    tally.bad += !(rows.smallest[i] >= 0.0 && rows.confidence[i] <= 1.0 && miss <= tolerance);
    tally.loose += !(miss <= loose);
  }
  return tally;
}

HWY_INLINE oct64 clamp_to(const oct64& x, double highest) noexcept {
  return lesser_of(greater_of(x, broadcast(0.0)), broadcast(highest));
}

/// Eight rows from row `i` on; returns their losses.
HWY_INLINE oct64 score_eight(const row_summaries& s, std::size_t i, const oct64& largest_loss, const oct64& beyond_loss,
                             std::size_t at, const score_terms& out) noexcept {
  const oct64 one = broadcast(1.0);
  const oct64 raw = load(s.log_loss + i);
  const auto beyond = raw > largest_loss;
  const oct64 loss = select(beyond, beyond_loss, raw);
  store(keep(beyond, one), out.beyond + at);
  store(loss, out.log_loss + at);
  store(loss * loss, out.squared_log_loss + at);

  const oct64 squares = load(s.sum_squares + i);
  const oct64 brier = clamp_to((squares - load(s.label_probability + i) * 2.0) + 1.0, 2.0);
  store(brier, out.brier + at);
  store(brier * brier, out.squared_brier + at);
  const oct64 entropy = load(s.entropy + i);
  store(clamp_to(entropy, 64.0), out.entropy + at);
  store(clamp_to(load(s.squared_surprise + i) - entropy * entropy, 512.0), out.surprise_variance + at);
  store(clamp_to(one - squares, 1.0), out.expected_brier + at);
  store(clamp_to((load(s.sum_cubes + i) - squares * squares) * 4.0, 1.0), out.brier_variance + at);
  const oct64 c = load(s.confidence + i);
  const oct64 slope = one - c * 2.0;
  store((slope * slope) * (c * (one - c)), out.spiegelhalter_variance + at);
  return loss;
}

inline double score_rows(const row_summaries& rows, std::size_t n, double largest_loss, double beyond_loss,
                         const score_terms& out) noexcept {
  const oct64 limit = broadcast(largest_loss);
  const oct64 beyond = broadcast(beyond_loss);
  oct64 largest = broadcast(0.0);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) largest = greater_of(score_eight(rows, i, limit, beyond, i, out), largest);
  alignas(64) double lane[8];
  store(largest, lane);
  double result = *std::max_element(lane, lane + 8);
  if (i == n) return result;

  // The last rows, aside: neither their summaries nor their terms have room for eight.
  const std::size_t count = n - i;
  alignas(64) double in[6][8] = {};
  const std::array<const double*, 6> from = {rows.log_loss, rows.sum_squares,      rows.label_probability,
                                             rows.entropy,  rows.squared_surprise, rows.sum_cubes};
  for (std::size_t f = 0; f < from.size(); ++f) std::copy_n(from[f] + i, count, in[f]);
  alignas(64) double confidence[8] = {};
  std::copy_n(rows.confidence + i, count, confidence);
  row_summaries last = {};
  last.log_loss = in[0];
  last.sum_squares = in[1];
  last.label_probability = in[2];
  last.entropy = in[3];
  last.squared_surprise = in[4];
  last.sum_cubes = in[5];
  last.confidence = confidence;
  alignas(64) double aside[10][8];
  const score_terms terms = {aside[0], aside[1], aside[2], aside[3], aside[4],
                             aside[5], aside[6], aside[7], aside[8], aside[9]};
  const std::array<double*, 10> to = {
      out.beyond,  out.log_loss,          out.squared_log_loss, out.brier,          out.squared_brier,
      out.entropy, out.surprise_variance, out.expected_brier,   out.brier_variance, out.spiegelhalter_variance};
  score_eight(last, 0, limit, beyond, 0, terms);
  for (std::size_t f = 0; f < to.size(); ++f) std::copy_n(aside[f], count, to[f] + i);
  return std::max(result, *std::max_element(aside[1], aside[1] + count));
}

}  // namespace calibrant::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
