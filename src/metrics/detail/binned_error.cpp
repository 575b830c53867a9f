#include "metrics/detail/binned_error.hpp"

#include <algorithm>
#include <cmath>

#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>
#include <calibrant/stats/l2_error_inference.hpp>
#include <calibrant/stats/rms_error_null.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant::detail {

estimate l1_error_estimate(std::span<const cell_moments> bins, const metric_options& options) {
  if (bins.empty()) return estimate::none(empty_reason);
  double value = 0;
  for (const cell_moments& b : bins) value += b.weight * std::abs(b.confidence - b.accuracy);
  const l1_error_null null(bins);
  return {.value = value,
          .uncertainty = interval_estimate::of(l1_error_interval(bins, options.level), l1_method),
          .expected_if_calibrated = null.expected(),
          .p_value = null.p_value(value),
          .details = {{"floor_95", null.upper_quantile(0.05)}, {"non_empty_bins", static_cast<double>(bins.size())}}};
}

estimate l2_error_estimate(std::span<const cell_moments> bins, const metric_options& options) {
  if (bins.empty()) return estimate::none(empty_reason);
  double sum = 0;
  for (const cell_moments& b : bins) sum += b.weight * (b.confidence - b.accuracy) * (b.confidence - b.accuracy);
  const l2_error_inference inference(bins);
  return {.value = std::sqrt(sum),
          .uncertainty = interval_estimate::of(inference.error_interval(options.level).bounds, l2_method),
          .expected_if_calibrated = expected_rms_error(bins),
          .p_value = inference.p_value(),
          .details = {}};
}

double debiased_square(std::span<const cell_moments> bins) noexcept {
  double theta = 0;
  for (const cell_moments& b : bins) {
    if (b.rows < 2) continue;
    const double gap = b.confidence - b.accuracy;
    theta += b.weight * (gap * gap - b.accuracy * (1 - b.accuracy) / (b.rows - 1));
  }
  return theta;
}

estimate debiased_error_estimate(std::span<const cell_moments> bins, const metric_options& options) {
  if (bins.empty()) return estimate::none(empty_reason);
  const double theta = debiased_square(bins);
  const l2_error_inference inference(bins);
  return {.value = std::sqrt(std::max(theta, 0.0)),
          .uncertainty = interval_estimate::of(inference.error_interval(options.level).bounds, l2_method),
          .expected_if_calibrated =
              figure::none("the squared error has expectation 0; the root of its positive part has no closed form"),
          .p_value = inference.p_value(),
          .details = {{"signed_square", theta}}};
}

}  // namespace calibrant::detail
