#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/normal_mean.hpp>
#include <calibrant/stats/score_sums.hpp>
#include <calibrant/stats/weighted_cells.hpp>

namespace calibrant::detail {

inline constexpr const char* empty_reason = "no rows: nothing was measured";
inline constexpr const char* one_row_reason = "a standard error needs at least 2 rows";

/// A weighted mean and its standard error. Frequency weights: sqrt(s^2 / W) with the sample variance s^2 (divisor W -
/// 1). Importance weights: sqrt(sum w^2 (x - mean)^2) / W.
struct weighted_mean {
  double mean;
  double standard_error;  ///< NaN with fewer than two effective rows
};

/// From the sums W, sum w x, sum w x^2 and, for importance weights, the same over w^2.
[[nodiscard]] inline weighted_mean mean_of_sums(weight_kind kind, double W, double x, double xx, double Q, double qx,
                                                double qxx) {
  const double mean = x / W;
  const double effective = kind == weight_kind::importance ? W * (W / Q) : W;
  if (!(effective > 1)) return {mean, std::nan("")};
  if (kind == weight_kind::importance)
    return {mean, std::sqrt(std::max(0.0, qxx - 2 * mean * qx + mean * mean * Q)) / W};
  return {mean, std::sqrt(std::max(0.0, xx - mean * x) / (W - 1) / W)};
}

/// The interval mean -+ z se as far as it lies in the range of the quantity, or why there is none. What is outside of
/// the range cannot be the true value, so nothing of the coverage is lost.
[[nodiscard]] inline interval_estimate normal_interval(const weighted_mean& m, interval range, confidence_level level) {
  if (std::isnan(m.standard_error)) return interval_estimate::none(one_row_reason);
  const interval whole = normal_mean_interval(m.mean, m.standard_error, level);
  return interval_estimate::of({std::max(whole.lower, range.lower), std::min(whole.upper, range.upper)},
                               "normal, standard error of the mean");
}

/// The moments of a row under calibration are kept to seven digits (core/row_summaries.hpp), and rows of float32 miss a
/// sum of 1 by as much. A deviation below this share is rounding.
inline constexpr double moment_resolution = 0x1p-20;

/// Standard deviation of a mean score under calibration. `variance` is the sum over v of the variances of the rows,
/// each a difference of two moments of about `moment`; V = sum v. Rows close to uniform hardly vary at all: without the
/// resolution their rounding would be taken for miscalibration.
[[nodiscard]] inline double null_deviation(double W, double V, double variance, double moment, double expected) {
  return std::hypot(std::sqrt(variance + moment_resolution * moment * V) / W, moment_resolution * expected);
}

}  // namespace calibrant::detail
