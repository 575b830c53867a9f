#include <calibrant/math/root_finding.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include <boost/math/tools/toms748_solve.hpp>

#include <calibrant/core/error.hpp>

#include "math/detail/boost_policy.hpp"

namespace calibrant {

double bracketed_root(const std::function<double(double)>& function, double lower, double upper) {
  const double at_lower = function(lower);
  const double at_upper = function(upper);
  if (at_lower == 0) return lower;
  if (at_upper == 0) return upper;
  if (!(lower < upper) || !((at_lower < 0) != (at_upper < 0)) || std::isnan(at_lower) || std::isnan(at_upper))
    throw error(error_code::invalid_argument,
                "root finding: got values " + std::to_string(at_lower) + " and " + std::to_string(at_upper) +
                    " at the ends of the bracket, expected opposite signs; widen the bracket");
  std::uintmax_t evaluations = 200;
  const boost::math::tools::eps_tolerance<double> close(std::numeric_limits<double>::digits - 3);
  const auto [a, b] = boost::math::tools::toms748_solve(function, lower, upper, at_lower, at_upper, close, evaluations,
                                                        detail::boost_policy());
  return std::midpoint(a, b);
}

double rising_root(const std::function<value_and_slope(double)>& function, double lower, double upper) {
  constexpr double close = 4 * std::numeric_limits<double>::epsilon();
  double x = upper;
  for (int evaluations = 0; evaluations < 200; ++evaluations) {
    const auto [value, slope] = function(x);
    (value < 0 ? lower : upper) = x;
    double next = x - value / slope;
    if (!(next > lower && next < upper)) {
      // Past an end of what is left: there already, or a slope that tells too little.
      if (std::abs(next - x) <= close * std::abs(x)) return x;
      next = std::midpoint(lower, upper);
    }
    if (std::abs(next - x) <= close * std::abs(x) || upper - lower <= close * std::abs(upper)) return next;
    x = next;
  }
  return x;
}

}  // namespace calibrant
