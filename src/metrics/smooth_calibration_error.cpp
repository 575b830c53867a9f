#include <calibrant/metrics/smooth_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/stats/smoothed_residuals.hpp>

#include "metrics/detail/score_mean.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {
namespace {

/// The x = f(x) of a function that does not increase, from 0 < start; |x - f(x)| <= tolerance. Between a point and its
/// image lies the solution. The next point follows the power law through the last two.
template <class Function>
double fixed_point(Function&& f, double start, double tolerance) {
  double low = 0;
  double high = 1;
  double x = std::clamp(start, tolerance, 1.0);
  double x_before = 0;
  double y_before = 0;
  for (int step = 0; step < 60; ++step) {
    const double y = f(x);
    if (std::abs(y - x) <= tolerance) return y;
    low = std::max(low, std::min(x, y));
    high = std::min(high, std::max(x, y));
    double power = 0;  // y falls like x^-power
    if (step > 0 && y > 0 && y_before > 0) power = std::log(y_before / y) / std::log(x / x_before);
    double next = y > 0 && power >= 0 ? std::exp((std::log(y) + power * std::log(x)) / (1 + power)) : 0;
    // A step that leaves the bracket gives way to its middle on a logarithmic scale.
    if (!(next > low && next < high)) next = low > 0 ? std::sqrt(low * high) : high / 16;
    x_before = x;
    y_before = y;
    x = next;
  }
  return x;
}

constexpr double solver_tolerance = 1e-7;

}  // namespace

// The population's fixed point is at least min(x, smECE_x) and at most max(x, smECE_x) at every x, because smECE_x does
// not increase. With smECE_x of the sample less the noise q_x at the value x = s this gives the lower bound s - q_s,
// and with smECE_x + q_x at the x where this is x itself the upper bound.
estimate smooth_calibration_error(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  using enum smoothed_residuals::noise;
  smoothed_residuals residuals(sorted);
  const double rows = sorted.effective_rows();
  const double expected =
      residuals.certain(calibrated)
          ? 0.0
          : fixed_point([&](double s) { return residuals.noise_mean(s, calibrated); }, 0.3 / std::cbrt(rows), 1e-5);
  const auto error_at = [&](double s) { return residuals.absolute_integral(s); };
  const double value = residuals.zero() ? 0.0
                                        : fixed_point(error_at, std::max({std::abs(residuals.mean()), expected, 1e-4}),
                                                      solver_tolerance);

  const double alpha = options.level.alpha();
  const auto noise_at = [&](double s) {
    return residuals.certain(sampling) ? 0.0 : residuals.noise_integral(s, sampling).upper_quantile(alpha);
  };
  const double narrow = std::max(value, solver_tolerance);
  const double noise = noise_at(narrow);
  const double lower = std::max(value - noise, 0.0);
  const double upper =
      noise > 0 ? fixed_point([&](double s) { return error_at(s) + noise_at(s); }, std::min(value + noise, 1.0), 1e-5)
                : value;
  double p = 1;
  if (value > solver_tolerance)
    p = residuals.certain(calibrated) ? 0.0 : residuals.noise_integral(value, calibrated).upper_tail(value);
  return detail::with_resolution(
      {.value = value,
       .uncertainty = interval_estimate::of({lower, std::clamp(upper, lower, 1.0)}, "noise of the smoothed residuals"),
       .expected_if_calibrated = expected,
       .p_value = p,
       .details = {}},
      sorted);
}

}  // namespace calibrant
