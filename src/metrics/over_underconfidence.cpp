#include <calibrant/metrics/over_underconfidence.hpp>

#include <algorithm>

#include <calibrant/stats/l1_error_null.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

/// sign = +1: over-confident bins, -1: under-confident ones.
estimate one_sided_error(const top_label_cells& cells, double sign) {
  const std::vector<cell_moments> bins = cells.bin_moments();
  if (bins.empty()) return estimate::none(detail::empty_reason);
  double value = 0;
  for (const cell_moments& b : bins) value += b.weight * std::max(sign * (b.confidence - b.accuracy), 0.0);
  constexpr const char* untested =
      "no construction of tested coverage is known for one side of the ECE; see confidence_gap and ece";
  return {.value = value,
          .uncertainty = interval_estimate::none(untested),
          .expected_if_calibrated = l1_error_null(bins).expected() / 2,
          .p_value = figure::none(untested),
          .details = {}};
}

}  // namespace

estimate overconfidence(const top_label_cells& cells, const metric_options&) { return one_sided_error(cells, 1); }
estimate underconfidence(const top_label_cells& cells, const metric_options&) { return one_sided_error(cells, -1); }

}  // namespace calibrant
