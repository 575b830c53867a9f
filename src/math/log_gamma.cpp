#include <calibrant/math/log_gamma.hpp>

#include <cmath>

namespace calibrant {

double log_gamma(double x) noexcept {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

}  // namespace calibrant
