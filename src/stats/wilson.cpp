#include <calibrant/stats/wilson.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/normal.hpp>

#include "stats/detail/proportion.hpp"

namespace calibrant {

interval wilson(double successes, double trials, confidence_level level) {
  const double x = detail::checked_successes("wilson", successes, trials);
  const double n = trials;
  if (n == 0) return {0, 1};
  const double z = normal_upper_quantile(level.alpha() / 2);
  const double q = x / n;
  const double shrink = z * z / n;
  const double centre = q + shrink / 2;
  const double half = z * std::sqrt(q * (1 - q) / n + shrink / (4 * n));
  return {x == 0 ? 0 : std::max((centre - half) / (1 + shrink), 0.0),
          x == n ? 1 : std::min((centre + half) / (1 + shrink), 1.0)};
}

}  // namespace calibrant
