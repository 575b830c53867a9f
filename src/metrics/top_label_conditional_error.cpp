#include <calibrant/metrics/top_label_conditional_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>

#include "metrics/detail/binned_error.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate top_label_conditional_error(const top_label_cells& cells, const metric_options& options) {
  const std::vector<cell_moments> conditional = cells.conditional_moments();
  if (conditional.empty()) return estimate::none(detail::empty_reason);
  double value = 0;
  double maximum = 0;
  for (const cell_moments& c : conditional) {
    const double gap = std::abs(c.confidence - c.accuracy);
    value += c.weight * gap;
    maximum = std::max(maximum, gap);
  }
  const l1_error_null null(conditional);
  return {.value = value,
          .uncertainty = interval_estimate::of(l1_error_interval(conditional, options.level), detail::l1_method),
          .expected_if_calibrated = null.expected(),
          .p_value = null.p_value(value),
          .details = {{"maximum", maximum}}};
}

}  // namespace calibrant
