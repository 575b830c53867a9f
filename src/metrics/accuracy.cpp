#include <calibrant/metrics/accuracy.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/stats/normal_mean.hpp>
#include <calibrant/stats/wilson.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate accuracy(const top_label_cells& cells, const metric_options& options) {
  const cell_pair all = cells.all();
  if (all.empty()) return estimate::none(detail::empty_reason);
  const double W = all.sums.weight;
  const double value = all.sums.hits / W;
  const double rows = all.effective_rows();
  const double mean_confidence = all.sums.confidence / W;
  const double null_error = std::sqrt(all.variance_sums.variance) / W;
  return {.value = value,
          .uncertainty = interval_estimate::of(wilson(std::min(value * rows, rows), rows, options.level), "Wilson"),
          .expected_if_calibrated = mean_confidence,
          .p_value = normal_mean_p_value(value, mean_confidence, null_error),
          .details = {}};
}

estimate error_rate(const top_label_cells& cells, const metric_options& options) {
  estimate result = accuracy(cells, options);
  if (!result.value.value) return result;
  // The weight of errors over W: 1 - accuracy would lose the digits of a small rate.
  const cell sums = cells.all().sums;
  const interval right = *result.uncertainty.bounds;
  result.value = (sums.weight - sums.hits) / sums.weight;
  result.uncertainty.bounds = {1 - right.upper, 1 - right.lower};
  *result.expected_if_calibrated.value = 1 - *result.expected_if_calibrated.value;
  return result;
}

}  // namespace calibrant
