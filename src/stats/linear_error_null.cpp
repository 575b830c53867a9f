#include <calibrant/stats/linear_error_null.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/shifted_gamma.hpp>

namespace calibrant {

double linear_error_null::p_value(double value, double centre) const noexcept {
  const double resolution = 1e-12 * std::max(std::abs(centre), 1e-3);
  const double difference = value - centre;
  if (std::abs(difference) <= resolution) return 1;
  if (!(variance_ > 0)) return 0;
  const bool mirrored = third_moment_ < 0;
  const shifted_gamma law{0, variance_, std::abs(third_moment_)};
  const double above = mirrored ? -difference : difference;
  return std::min(1.0, 2 * std::min(law.cdf(above), law.upper_tail(above)));
}

}  // namespace calibrant
