#include <calibrant/math/normal.hpp>

#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/special_functions/erf.hpp>

#include "math/detail/boost_policy.hpp"

namespace calibrant {

double normal_density(double z) noexcept {
  return std::exp(-0.5 * z * z) * (std::numbers::inv_sqrtpi / std::numbers::sqrt2);
}

double normal_cdf(double z) noexcept { return normal_upper_tail(-z); }

double normal_upper_tail(double z) noexcept {
  return 0.5 * boost::math::erfc(z / std::numbers::sqrt2, detail::boost_policy());
}

double normal_quantile(double p) noexcept { return -normal_upper_quantile(p); }

double normal_upper_quantile(double tail) noexcept {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (tail == 0) return infinity;
  if (tail == 1) return -infinity;
  if (!(tail > 0 && tail < 1)) return std::numeric_limits<double>::quiet_NaN();
  return std::numbers::sqrt2 * boost::math::erfc_inv(2 * tail, detail::boost_policy());
}

}  // namespace calibrant
