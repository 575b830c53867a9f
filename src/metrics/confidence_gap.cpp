#include <calibrant/metrics/confidence_gap.hpp>

#include <cmath>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate mean_confidence(const top_label_cells& cells, const metric_options& options) {
  const cell_pair all = cells.all();
  if (all.empty()) return estimate::none(detail::empty_reason);
  const cell& s = all.sums;
  const cell& v = all.variance_sums;
  const detail::weighted_mean mean =
      detail::mean_of_sums(cells.weights(), s.weight, s.confidence, s.squares, v.weight, v.confidence, v.squares);
  constexpr const char* labels_free = "mean confidence does not depend on the labels";
  return {.value = mean.mean,
          .uncertainty = detail::normal_interval(mean, {0, 1}, options.level),
          .expected_if_calibrated = figure::none(labels_free),
          .p_value = figure::none(labels_free),
          .details = {}};
}

estimate confidence_gap(const top_label_cells& cells, const metric_options& options) {
  const cell_pair all = cells.all();
  if (all.empty()) return estimate::none(detail::empty_reason);
  const cell& s = all.sums;
  const cell& v = all.variance_sums;
  const detail::weighted_mean mean =
      detail::mean_of_sums(cells.weights(), s.weight, s.gap, s.squared_residual, v.weight, v.gap, v.squared_residual);
  return {.value = mean.mean,
          .uncertainty = detail::normal_interval(mean, {-1, 1}, options.level),
          .expected_if_calibrated = 0.0,
          .p_value = normal_mean_p_value(mean.mean, 0.0, std::sqrt(v.variance) / s.weight),
          .details = {}};
}

}  // namespace calibrant
