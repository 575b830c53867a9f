#include <calibrant/stats/normal_mean.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <calibrant/math/normal.hpp>

namespace calibrant {

interval normal_mean_interval(double mean, double standard_error, confidence_level level) noexcept {
  const double half = normal_upper_quantile(level.alpha() / 2) * standard_error;
  return {mean - half, mean + half};
}

double normal_mean_p_value(double value, double expected, double standard_error) noexcept {
  const double difference = std::abs(value - expected);
  if (std::isnan(difference) || std::isnan(standard_error)) return std::numeric_limits<double>::quiet_NaN();
  if (standard_error == 0) return difference <= 1e-12 * std::max(1.0, std::abs(expected)) ? 1 : 0;
  return 2 * normal_upper_tail(difference / standard_error);
}

}  // namespace calibrant
