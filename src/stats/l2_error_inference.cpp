#include <calibrant/stats/l2_error_inference.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <calibrant/math/normal.hpp>
#include <calibrant/math/shifted_gamma.hpp>

#include "stats/detail/cell_sums.hpp"

namespace calibrant {

// With D = n g, SS = n r, V = n v per cell and N rows in all, frequency weights have omega = n / N and the published
// forms are
//   T    = (1/N) sum_{n>1} (D^2 - SS) / (n - 1)
//   s1^2 = { sum (n/N) [4 g^2 SS/n - 3 g^4] - (sum (n/N) g^2)^2 } / N
//   s0^2 = (2/N^2) sum_{n>1} n/(n-1) (V/n)^2,        k3 = 8 sum_{n>1} (V/n)^3 / N^3.
// Replacing 1/N by omega/n gives
//   T    = sum_{n>1} omega (n g^2 - r) / (n - 1)
//   s1^2 = sum (omega^2/n) [4 g^2 (r - g^2) + (g^2 - m)^2],  m = sum omega g^2
//   s0^2 = 2 sum_{n>1} omega^2 v^2 / (n (n-1)),       k3 = 8 sum_{n>1} (omega v / n)^3.
// These hold for importance weights w too, with n = W_b^2 / sum w^2. There g = sum w d / W_b of independent d = c - a
// has variance Var(d) / n, and r = sum w^2 d^2 / sum w^2 has expectation E d^2, so E(n g^2 - r) = (n - 1) gap^2 and T
// stays unbiased; the share of a cell, a ratio of weighted sums, moves m by deviations of variance sum_i w_i^2
// (g_b(i)^2 - m)^2 / W^2 = sum (omega^2/n) (g^2 - m)^2, the second part of s1^2.
l2_error_inference::l2_error_inference(std::span<const cell_moments> cells) noexcept
    : squared_error_(0), gap_deviation_(0), null_deviation_(0) {
  if (cells.empty()) {
    squared_error_ = gap_deviation_ = null_deviation_ = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  double mean_square = 0;
  for (const cell_moments& cell : cells) mean_square += cell.weight * detail::gap(cell) * detail::gap(cell);

  double gap_variance = 0;
  double null_variance = 0;
  for (const cell_moments& cell : cells) {
    const double square = detail::gap(cell) * detail::gap(cell);
    const double n = cell.rows;
    const double within = 4 * square * std::max(cell.residual_square - square, 0.0);
    const double between = (square - mean_square) * (square - mean_square);
    gap_variance += cell.weight * cell.weight / n * (within + between);
    if (n <= 1) continue;
    any_pair_ = true;
    squared_error_ += cell.weight * (n * square - cell.residual_square) / (n - 1);
    const double scaled = cell.weight * cell.bernoulli_variance;
    null_variance += 2 * scaled * scaled / (n * (n - 1));
    null_third_moment_ += 8 * (scaled / n) * (scaled / n) * (scaled / n);
  }
  any_gap_ = detail::l1_error(cells) > detail::negligible_error;
  gap_deviation_ = std::sqrt(gap_variance);
  null_deviation_ = std::sqrt(null_variance);
}

l2_error_interval l2_error_inference::error_interval(confidence_level level, l2_interval_method method) const noexcept {
  if (std::isnan(squared_error_)) return {{squared_error_, squared_error_}, false};
  if (!any_pair_) return {{0, 1}, true};
  const double two_sided = normal_upper_quantile(level.alpha() / 2);
  const double one_sided = normal_upper_quantile(level.alpha());
  const bool paper = method == l2_interval_method::paper;
  const double s = paper ? gap_deviation_ : std::hypot(gap_deviation_, null_deviation_);
  const double estimate = std::max(squared_error_, 0.0);

  double lower = std::max(estimate - one_sided * s, 0.0);
  if (estimate >= 2 * two_sided * s)
    lower = estimate - two_sided * s;
  else if (estimate >= 2 * one_sided * s)
    lower = estimate / 2;
  const double upper = estimate + two_sided * s;
  const interval bounds{std::min(std::sqrt(lower), 1.0), std::min(std::sqrt(upper), 1.0)};
  return {bounds, paper ? squared_error_ <= one_sided * null_deviation_ : bounds.lower == 0};
}

double l2_error_inference::p_value() const noexcept {
  if (std::isnan(squared_error_)) return squared_error_;
  if (!any_pair_) return 1;
  if (null_deviation_ == 0) return any_gap_ ? 0 : 1;
  return shifted_gamma{0, null_deviation_ * null_deviation_, null_third_moment_}.upper_tail(squared_error_);
}

}  // namespace calibrant
