#include <calibrant/math/shifted_gamma.hpp>

#include <cmath>

#include <boost/math/special_functions/gamma.hpp>

#include <calibrant/math/normal.hpp>

#include "math/detail/boost_policy.hpp"

namespace calibrant {
namespace {

/// Below this skewness the incomplete gamma function loses digits to its huge shape, while the first term of the
/// Cornish-Fisher expansion about the normal is exact to order skewness^2.
constexpr double nearly_normal_skewness = 1e-5;
/// Above this skewness (shape k < 4e-12) the mass away from the lower end of the support is below 1e-9.
constexpr double point_mass_skewness = 1e6;

double skewness(const shifted_gamma& g) noexcept { return g.third_moment / g.variance / std::sqrt(g.variance); }

bool is_point_mass(const shifted_gamma& g) noexcept {
  return !(g.variance > 0) || !(skewness(g) < point_mass_skewness);
}

/// Probability beyond or below x by `normal_side` or `gamma_side`, whichever fits the skewness.
template <class Normal, class Gamma>
double probability(const shifted_gamma& g, double x, double below_support, Normal normal_side, Gamma gamma_side) {
  const double s = skewness(g);
  const double z = (x - g.mean) / std::sqrt(g.variance);
  // Beyond 40 deviations both sides are 0 or 1, and z^2 may overflow.
  if (s < nearly_normal_skewness) return normal_side(std::abs(z) < 40 ? z - s * (z * z - 1) / 6 : z);
  const double shape = 4 / (s * s);
  const double y = shape + z * std::sqrt(shape);
  // At the lower end of the support the sum cancels; what is left of it is rounding.
  return y <= 1e-15 * shape ? below_support : gamma_side(shape, y);
}

template <class Normal, class Gamma>
double inverse(const shifted_gamma& g, Normal normal_side, Gamma gamma_side) {
  const double s = skewness(g);
  const double deviation = std::sqrt(g.variance);
  if (s < nearly_normal_skewness) {
    const double z = normal_side();
    return g.mean + deviation * (z + s * (z * z - 1) / 6);
  }
  const double shape = 4 / (s * s);
  return g.mean + deviation * (gamma_side(shape) - shape) / std::sqrt(shape);
}

}  // namespace

double shifted_gamma::cdf(double x) const noexcept {
  if (is_point_mass(*this)) return x >= mean ? 1 : 0;
  return probability(
      *this, x, 0, [](double z) { return normal_cdf(z); },
      [](double k, double y) { return boost::math::gamma_p(k, y, detail::boost_policy()); });
}

double shifted_gamma::upper_tail(double x) const noexcept {
  if (is_point_mass(*this)) return x <= mean ? 1 : 0;
  return probability(
      *this, x, 1, [](double z) { return normal_upper_tail(z); },
      [](double k, double y) { return boost::math::gamma_q(k, y, detail::boost_policy()); });
}

double shifted_gamma::quantile(double p) const noexcept {
  if (is_point_mass(*this)) return mean;
  return inverse(
      *this, [&] { return normal_quantile(p); },
      [&](double k) { return boost::math::gamma_p_inv(k, p, detail::boost_policy()); });
}

double shifted_gamma::upper_quantile(double tail) const noexcept {
  if (is_point_mass(*this)) return mean;
  return inverse(
      *this, [&] { return normal_upper_quantile(tail); },
      [&](double k) { return boost::math::gamma_q_inv(k, tail, detail::boost_policy()); });
}

}  // namespace calibrant
