#include <calibrant/math/incomplete_beta.hpp>

#include <boost/math/special_functions/beta.hpp>

#include "math/detail/boost_policy.hpp"

namespace calibrant {

double beta_cdf(double x, double a, double b) noexcept {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return boost::math::ibeta(a, b, x, detail::boost_policy());
}

double beta_quantile(double p, double a, double b) noexcept {
  return boost::math::ibeta_inv(a, b, p, detail::boost_policy());
}

double beta_upper_quantile(double tail, double a, double b) noexcept {
  return boost::math::ibetac_inv(a, b, tail, detail::boost_policy());
}

}  // namespace calibrant
