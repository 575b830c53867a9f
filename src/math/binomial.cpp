#include <calibrant/math/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <calibrant/math/log_gamma.hpp>

namespace calibrant {
namespace {

/// ln n! - ln( sqrt(2 pi n) (n/e)^n ), n >= 1.
double stirling_error(double n) noexcept {
  // Its values at 1, ..., 15, from 40 digits.
  static constexpr double exact[] = {0,
                                     0.081061466795327258,
                                     0.041340695955409294,
                                     0.027677925684998339,
                                     0.020790672103765093,
                                     0.016644691189821192,
                                     0.013876128823070748,
                                     0.011896709945891770,
                                     0.010411265261972096,
                                     0.0092554621827127329,
                                     0.0083305634333628713,
                                     0.0075736754879518408,
                                     0.0069428401072095299,
                                     0.0064089941880042071,
                                     0.0059513701127588477,
                                     0.0055547335519628014};
  if (n < 16) {
    const auto place = static_cast<std::size_t>(n);
    if (static_cast<double>(place) == n) return exact[place];
    return log_gamma(n + 1) - (n + 0.5) * std::log(n) + n - 0.5 * std::log(2 * std::numbers::pi);
  }
  // The first six terms sum_j B_2j / (2j (2j-1) n^(2j-1)); at n = 16 the next one is 1.4e-18.
  const double s = 1 / (n * n);
  return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * (691.0 / 360360)))))) /
         n;
}

/// Deviance part x ln(x / m) + m - x of the saddle point, x, m > 0, without cancellation where x is near m.
double deviance(double x, double m) noexcept {
  const double difference = x - m;
  if (std::abs(difference) >= 0.1 * (x + m)) return x * std::log(x / m) + m - x;
  // With w = (x - m) / (x + m): ln(x / m) = 2 artanh w and x - m = w (x + m), so the value is
  // (x - m) w + 2 x (w^3/3 + w^5/5 + ...).
  const double w = difference / (x + m);
  double power = 2 * x * w;
  double sum = difference * w;
  for (int j = 3;; j += 2) {
    power *= w * w;
    const double next = sum + power / j;
    if (next == sum) return sum;
    sum = next;
  }
}

/// De Moivre's formula for an integer n, as 2 n p q b(floor(n p); n - 1, p) with b the binomial probability; p <= 1/2.
double integer_deviation(double n, double p) noexcept {
  if (n == 0) return 0;
  const double mode = std::min(std::floor(n * p), n - 1);
  return 2 * n * p * (1 - p) * binomial_probability(mode, n - 1, p);
}

}  // namespace

double binomial_probability(double successes, double trials, double p) noexcept {
  const double failures = trials - successes;
  if (p == 0) return successes == 0 ? 1 : 0;
  if (p == 1) return failures == 0 ? 1 : 0;
  if (successes == 0) return std::exp(trials * std::log1p(-p));
  if (failures == 0) return std::exp(trials * std::log(p));
  const double exponent = stirling_error(trials) - stirling_error(successes) - stirling_error(failures) -
                          deviance(successes, trials * p) - deviance(failures, trials * (1 - p));
  return std::exp(exponent) * std::sqrt(trials / (2 * std::numbers::pi * successes * failures));
}

double binomial_mean_absolute_deviation(double n, double p) noexcept {
  const double t = std::min(p, 1 - p);  // |X - n p| has the same law for p and 1 - p
  if (!(n > 0) || !(t > 0)) return 0;
  const double whole = std::floor(n);
  const double part = n - whole;
  const double lower = integer_deviation(whole, t);
  return part == 0 ? lower : (1 - part) * lower + part * integer_deviation(whole + 1, t);
}

}  // namespace calibrant
