#include <calibrant/metrics/spiegelhalter_z.hpp>

#include <cmath>

#include <calibrant/stats/normal_mean.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate spiegelhalter_z(const top_label_cells& cells, const score_sums& scores, const metric_options&) {
  const cell_pair all = cells.all();
  if (all.empty()) return estimate::none(detail::empty_reason);
  const double variance = scores.variance_sum(score_field::spiegelhalter_variance);
  if (!(variance > 0)) return estimate::none("the test has no variance: every confidence is 1/2 or 1");
  // sum w (a - c)(1 - 2c) = (A - C) - 2 (X - S); with c^2 = S, SS = S - 2X + A and V = C - S this is SS - V.
  const double z = (all.sums.squared_residual - all.sums.variance) / std::sqrt(variance);
  return {.value = z,
          .uncertainty = interval_estimate::none("a test statistic has no interval; see p_value"),
          .expected_if_calibrated = 0.0,
          .p_value = normal_mean_p_value(z, 0, 1),
          .details = {}};
}

}  // namespace calibrant
