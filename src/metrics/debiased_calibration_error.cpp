#include <calibrant/metrics/debiased_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/stats/l2_error_inference.hpp>

#include "metrics/detail/binned_error.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate debiased_calibration_error(const top_label_cells& cells, const metric_options& options) {
  const std::vector<cell_moments> bins = cells.bin_moments();
  if (bins.empty()) return estimate::none(detail::empty_reason);
  double theta = 0;
  for (const cell_moments& b : bins) {
    if (b.rows < 2) continue;
    const double gap = b.confidence - b.accuracy;
    theta += b.weight * (gap * gap - b.accuracy * (1 - b.accuracy) / (b.rows - 1));
  }
  const l2_error_inference inference(bins);
  return {.value = std::sqrt(std::max(theta, 0.0)),
          .uncertainty = interval_estimate::of(inference.error_interval(options.level).bounds, detail::l2_method),
          .expected_if_calibrated =
              figure::none("the squared error has expectation 0; the root of its positive part has no closed form"),
          .p_value = inference.p_value(),
          .details = {{"signed_square", theta}}};
}

}  // namespace calibrant
