#include <calibrant/stats/logit_interval.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/normal.hpp>

namespace calibrant {

interval logit_interval(double value, double standard_error, double top, confidence_level level) noexcept {
  const double z = normal_upper_quantile(level.alpha() / 2);
  if (!(value > 0)) return {0, std::min(z * standard_error, top)};
  if (!(value < top)) return {std::max(top - z * standard_error, 0.0), top};
  const double rest = top - value;
  // d ln(x / (top - x)) = top / (x (top - x)) dx; odds times exp(-+h) give the ends.
  const double factor = std::exp(z * standard_error * top / (value * rest));
  return {top * value / (value + rest * factor), top * value / (value + rest / factor)};
}

}  // namespace calibrant
