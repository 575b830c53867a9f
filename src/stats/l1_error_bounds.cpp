#include <calibrant/stats/l1_error_bounds.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <calibrant/core/error.hpp>
#include <calibrant/math/binomial.hpp>
#include <calibrant/math/normal.hpp>
#include <calibrant/math/root_finding.hpp>
#include <calibrant/math/shifted_gamma.hpp>

#include "stats/detail/cell_sums.hpp"

namespace calibrant {
namespace {

void check_alpha(double alpha) {
  if (!(alpha > 0 && alpha < 1))
    throw error(error_code::invalid_argument, "l1 error bound: got alpha " + std::to_string(alpha) +
                                                  ", expected a number between 0 and 1; pass 0.05 for a 95 % bound");
}

/// Variance of c - a of one row of the cell, from accuracy instead of confidence. The accuracy is drawn towards the
/// confidence p by two rows, a~ = (n a + 2 p) / (n + 2), so that a cell of one row does not look certain; the part
/// p (1-p) - v of a binomial variance that comes from confidences differing inside the cell is removed.
double accuracy_variance(const cell_moments& cell) noexcept {
  const double p = cell.confidence;
  const double a = (cell.rows * cell.accuracy + 2 * p) / (cell.rows + 2);
  return std::max(a * (1 - a) - std::max(p * (1 - p) - cell.bernoulli_variance, 0.0), 0.0);
}

/// E |D| over its standard deviation, for the noise D of a cell: that of a normal variable, but not less than the exact
/// one where a cell is a single row, 2 sqrt(p (1-p)). Over many cells of one row (predicted class by bin, say) the
/// normal value falls short so often that a calibrated model would be rejected most of the time.
double absolute_mean(const cell_moments& cell) noexcept {
  const double t = std::min(cell.confidence, 1 - cell.confidence);
  if (cell.rows >= 2 || !(t > 0)) return detail::absolute_normal_mean;
  return std::max(detail::absolute_normal_mean,
                  binomial_mean_absolute_deviation(cell.rows, t) / std::sqrt(cell.rows * t * (1 - t)));
}

/// |Z + t| for a standard normal Z and t >= 0.
struct folded_normal {
  double mean, mean_slope;          ///< h(t), h'(t) = 1 - 2 P(Z > t)
  double variance, variance_slope;  ///< 1 + t^2 - h^2, factored so that it does not cancel for large t; 2 (t - h h')

  explicit folded_normal(double t) noexcept {
    const double tail = normal_upper_tail(t);
    const double excess = 2 * (normal_density(t) - t * tail);  // h - t
    mean = t + excess;
    mean_slope = 1 - 2 * tail;
    variance = std::max(1 - excess * (2 * t + excess), 0.0);
    variance_slope = 2 * (2 * tail * t - excess * mean_slope);
  }
};

}  // namespace

double single_switch_critical_value(std::size_t bins, double alpha) {
  check_alpha(alpha);
  struct row {
    double alpha, up_to_15, up_to_60, more;
  };
  static constexpr row table[] = {{0.1, 2.73, 2.88, 3.03}, {0.05, 2.97, 3.12, 3.28}, {0.025, 3.20, 3.35, 3.52}};
  for (const row& r : table)
    if (std::abs(alpha - r.alpha) < 1e-9) return bins <= 15 ? r.up_to_15 : bins <= 60 ? r.up_to_60 : r.more;
  // Chi-square with 3 degrees of freedom as a gamma distribution by its moments 3, 6, 24.
  return std::sqrt(shifted_gamma{3, 6, 24}.upper_quantile(alpha / 4));
}

// Notation per cell: g the gap, n rows, omega the weight. For frequency weights omega = n / N, so a sum over rows
// divided by N, such as D/N, is omega g, and a standard deviation s = sqrt(n u) of D divided by N is omega sqrt(u / n).
// Importance weights act through n = W_b^2 / sum w^2, for which Var(g) = u / n.
double l1_error_lower_bound(std::span<const cell_moments> cells, double alpha) {
  check_alpha(alpha);
  if (cells.empty()) return std::numeric_limits<double>::quiet_NaN();
  shifted_gamma noise;  // of sum |r Z|, r the larger of the deviations under the accuracies and under the confidences
  double sum_of_squares = 0;
  double signed_error = 0;
  for (const cell_moments& cell : cells) {
    const double u = std::max(accuracy_variance(cell), cell.bernoulli_variance);
    const double r = cell.weight * std::sqrt(u / cell.rows);
    noise.mean += absolute_mean(cell) * r;
    noise.variance += detail::absolute_normal_variance * r * r;
    noise.third_moment += detail::absolute_normal_third_moment * r * r * r;
    sum_of_squares += r * r;
    signed_error += cell.weight * detail::gap(cell);
  }
  // max over j of the error read with one sign before cell j and the other after it
  double partial = 0;
  double single_switch = std::abs(signed_error);
  for (const cell_moments& cell : cells) {
    partial += cell.weight * detail::gap(cell);
    single_switch = std::max(single_switch, std::abs(2 * partial - signed_error));
  }
  const double by_error = detail::l1_error(cells) - noise.upper_quantile(alpha / 2);
  const double by_switch =
      single_switch - single_switch_critical_value(cells.size(), alpha) * std::sqrt(sum_of_squares);
  return std::max({0.0, by_error, by_switch});
}

// The error of gaps t s_b / sqrt(n_b) is t S1 with S1 = sum omega s / sqrt(n). The observed error has then mean S1 h(t)
// and variance S2 (1 + t^2 - h^2) + mass, where h(t) = E |Z + t|, S2 = sum omega^2 s^2 / n, and mass is the variance
// that random cell shares add, sum (omega^2/n) (|g| - ECE)^2, which for frequency weights is (sum omega g^2 - ECE^2) /
// N. The bound solves S1 h(t) - z sqrt(variance) = observed. An observed error below its calibrated value by luck would
// make the bound too short, so it is not taken below sqrt(2/pi) sum omega sqrt(v / n).
double l1_error_upper_bound(std::span<const cell_moments> cells, double alpha) {
  check_alpha(alpha);
  if (cells.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double error = detail::l1_error(cells);
  double noise = 0;
  double noise_squares = 0;
  double mass_variance = 0;
  double calibrated = 0;
  for (const cell_moments& cell : cells) {
    const double s = cell.weight * std::sqrt(accuracy_variance(cell) / cell.rows);
    const double deviation = cell.weight * (std::abs(detail::gap(cell)) - error);
    noise += s;
    noise_squares += s * s;
    mass_variance += deviation * deviation / cell.rows;
    calibrated += detail::absolute_normal_mean * cell.weight * std::sqrt(cell.bernoulli_variance / cell.rows);
  }
  const double observed = std::max(error, calibrated);
  const double z = normal_upper_quantile(alpha);
  // t S1 tends to this as the noise vanishes, because h(t) / t and 1 + t^2 - h(t)^2 tend to 1.
  if (noise <= 1e-15 * observed || noise == 0)
    return std::min(observed + z * std::sqrt(noise_squares + mass_variance), 1.0);

  const auto excess = [&](double t) -> value_and_slope {
    const folded_normal folded(t);
    const double deviation = std::sqrt(noise_squares * folded.variance + mass_variance);
    const double slope = deviation > 0 ? noise_squares * folded.variance_slope / (2 * deviation) : 0;
    return {noise * folded.mean - z * deviation - observed, noise * folded.mean_slope - z * slope};
  };
  if (excess(0).value >= 0) return 0;  // less error than even exact calibration explains
  // h(t) >= t and the variance of |Z + t| is at most 1, so here the excess is not negative any more.
  const double high = (observed + std::max(z, 0.0) * std::sqrt(noise_squares + mass_variance)) / noise;
  return std::min(rising_root(excess, 0, high) * noise, 1.0);
}

interval l1_error_interval(std::span<const cell_moments> cells, confidence_level level) {
  const double side = level.alpha() / 2;
  const double lower = std::min(l1_error_lower_bound(cells, side), 1.0);
  return {lower, std::max(lower, l1_error_upper_bound(cells, side))};
}

}  // namespace calibrant
