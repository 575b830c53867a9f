#include <calibrant/stats/consistency_interval.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <calibrant/core/error.hpp>
#include <calibrant/math/incomplete_beta.hpp>

namespace calibrant {
namespace {

/// P(X >= k) for X ~ Binomial(n, p) and 0 < p < 1.
double reaches(double k, double n, double p) { return k <= 0 ? 1 : k > n ? 0 : beta_cdf(p, k, n - k + 1); }

/// P(X <= k): the hits of Binomial(n, p) are the misses of Binomial(n, 1 - p).
double stays_at_most(double k, double n, double p) { return reaches(n - k, n, 1 - p); }

/// The smallest whole number of [0, n] with the property, which all larger ones have and n has.
template <class Property>
double smallest_with(double n, Property&& property) {
  double lacks = -1;
  double has = n;
  while (has - lacks > 1) {
    const double middle = std::floor((lacks + has) / 2);
    (property(middle) ? has : lacks) = middle;
  }
  return has;
}

}  // namespace

interval consistency_interval(double p, double rows, confidence_level level) {
  if (!(p >= 0 && p <= 1) || !(rows > 0))
    throw error(error_code::invalid_argument, "consistency_interval: got p " + std::to_string(p) + " and " +
                                                  std::to_string(rows) +
                                                  " rows, expected p from 0 to 1 and more than 0 rows");
  if (p == 0 || p == 1) return {p, p};
  const double n = std::clamp(std::round(rows), 1.0, 0x1p40);
  const double side = level.alpha() / 2;
  return {smallest_with(n, [&](double k) { return stays_at_most(k, n, p) > side; }) / n,
          smallest_with(n, [&](double k) { return reaches(k + 1, n, p) <= side; }) / n};
}

}  // namespace calibrant
