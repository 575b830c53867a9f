#include <calibrant/metrics/top_k_accuracy.hpp>

#include <algorithm>

#include <calibrant/stats/wilson.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate top_k_accuracy(const label_ranks& ranks, const top_label_cells& cells, const metric_options& options) {
  const cell_pair all = cells.all();
  if (all.empty()) return estimate::none(detail::empty_reason);
  const double value = std::min(ranks.weight_within(options.top_k) / ranks.total_weight(), 1.0);
  const double rows = all.effective_rows();
  constexpr const char* unmeasured = "the probability of the k largest scores is not measured";
  return {.value = value,
          .uncertainty = interval_estimate::of(wilson(std::min(value * rows, rows), rows, options.level), "Wilson"),
          .expected_if_calibrated = figure::none(unmeasured),
          .p_value = figure::none(unmeasured),
          .details = {{"top_k", static_cast<double>(options.top_k)}}};
}

}  // namespace calibrant
