#include <calibrant/stats/l1_error_null.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <calibrant/core/error.hpp>
#include <calibrant/math/binomial.hpp>
#include <calibrant/math/shifted_gamma.hpp>

#include "stats/detail/cell_sums.hpp"

namespace calibrant {

namespace {
constexpr double largest_skewness = 8;
}  // namespace

// Per cell, D = n g has variance V = n v under calibration and would be binomial if all confidences were p. Its mean
// absolute value is taken as m = MAD(n, p) sqrt(v / (p (1-p))), with MAD De Moivre's. Cells are independent, so with
// 1/N written as omega/n
//   expected = sum (omega/n) m,  variance = sum (omega/n)^2 (V - m^2),  third moment = M3 sum (omega/n)^3 V^(3/2),
// where M3 is the third central moment of |Z|: the normal limit, exact enough for a correction. Importance weights
// enter as n = W_b^2 / sum w^2 rows of the same variance v, since then Var(g) = v / n holds exactly.
l1_error_null::l1_error_null(std::span<const cell_moments> cells) noexcept {
  if (cells.empty()) {
    expected_ = deviation_ = third_moment_ = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  double variance = 0;
  for (const cell_moments& cell : cells) {
    const double n = cell.rows;
    const double v = cell.bernoulli_variance;
    if (!(v > 0)) continue;
    // v <= p (1-p) for the mean p of the confidences. Where rounding took p to 0 or 1 this gives back its distance t.
    double t = std::min(cell.confidence, 1 - cell.confidence);
    if (t * (1 - t) < v) t = 2 * v / (1 + std::sqrt(std::max(1 - 4 * v, 0.0)));
    const double m = binomial_mean_absolute_deviation(n, t) * std::sqrt(v / (t * (1 - t)));
    const double share = cell.weight / n;
    const double spread = n * v - m * m;
    expected_ += share * m;
    // A difference of rounding errors is no variance: one row of confidence 1/2 has |c - a| = 1/2 always.
    if (spread > 1e-14 * n * v) variance += share * share * spread;
    const double r = share * std::sqrt(n * v);
    third_moment_ += detail::absolute_normal_third_moment * r * r * r;
  }
  deviation_ = std::sqrt(variance);
  // Cells of a row or two vary less than the normal limit of the third moment supposes; an error that hardly varies at
  // all (one row of confidence near 1/2) would be given a skewness without bound.
  third_moment_ = std::min(third_moment_, largest_skewness * variance * deviation_);
}

double l1_error_null::upper_quantile(double tail) const {
  if (!(tail > 0 && tail < 1))
    throw error(error_code::invalid_argument, "l1_error_null: got tail probability " + std::to_string(tail) +
                                                  ", expected a number between 0 and 1; pass 0.05 for the 95 % floor");
  if (std::isnan(expected_)) return expected_;
  return shifted_gamma{expected_, deviation_ * deviation_, third_moment_}.upper_quantile(tail);
}

double l1_error_null::p_value(double error) const noexcept {
  if (std::isnan(expected_) || std::isnan(error)) return std::numeric_limits<double>::quiet_NaN();
  if (deviation_ == 0) return error <= expected_ + detail::negligible_error ? 1 : 0;
  return shifted_gamma{expected_, deviation_ * deviation_, third_moment_}.upper_tail(error);
}

}  // namespace calibrant
