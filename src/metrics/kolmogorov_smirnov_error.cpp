#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <calibrant/math/compensated_sum.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

/// P(max |B(t)| over [0, 1] > x) for a Brownian path: 1 - (4/pi) sum_k (-1)^k/(2k+1) exp(-(2k+1)^2 pi^2 / (8 x^2)).
double brownian_maximum_tail(double x) {
  if (!(x > 0)) return 1;
  constexpr double pi = std::numbers::pi;
  // For large x by reflection, where the first series would cancel.
  if (x > 1.5) {
    double tail = 0;
    for (int k = 0; k < 8; ++k) tail += (k % 2 == 0 ? 2 : -2) * std::erfc((2 * k + 1) * x / std::numbers::sqrt2);
    return std::min(tail, 1.0);
  }
  double inside = 0;
  for (int k = 0; k < 32; ++k) {
    const double odd = 2 * k + 1;
    inside += (k % 2 == 0 ? 1 : -1) / odd * std::exp(-odd * odd * pi * pi / (8 * x * x));
  }
  return std::clamp(1 - 4 / pi * inside, 0.0, 1.0);
}

}  // namespace

estimate kolmogorov_smirnov_error(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const double W = sorted.total_weight();
  compensated_sum drift;
  compensated_sum variance;
  double largest = 0;
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    const double c = sorted.values()[g];
    drift.add(sorted.weights()[g] * c - sorted.hits()[g]);
    largest = std::max(largest, std::abs(drift.value()));
    variance.add(sorted.variance_weights()[g] * c * (1 - c));
  }
  const double deviation = std::sqrt(variance.value());
  const double resolution = 1e-12 * W;
  return {.value = largest / W,
          .uncertainty = interval_estimate::none("no construction of tested coverage"),
          .expected_if_calibrated = std::min(1.0, std::sqrt(std::numbers::pi / 2) * deviation / W),
          .p_value = deviation > 0 ? brownian_maximum_tail(largest / deviation) : (largest > resolution ? 0.0 : 1.0),
          .details = {}};
}

}  // namespace calibrant
