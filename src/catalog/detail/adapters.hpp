#pragma once

#include <calibrant/catalog/metric_catalog.hpp>

namespace calibrant::detail {

// Adapt a metric over one state to the signature of the catalogue.

inline constexpr const char* unmeasured_reason = "not measured: the pass was restricted to other metrics";

/// Top-label cells are always measured.
template <estimate (*metric)(const top_label_cells&, const metric_options&)>
estimate of_top_label(const panel_state& s, const metric_options& o) {
  return metric(s.top_label, o);
}
template <estimate (*metric)(const classwise_cells&, const metric_options&)>
estimate of_classwise(const panel_state& s, const metric_options& o) {
  return s.parts.contain(panel_part::classwise) ? metric(s.classwise, o) : estimate::none(unmeasured_reason);
}
template <estimate (*metric)(const score_sums&, const metric_options&)>
estimate of_scores(const panel_state& s, const metric_options& o) {
  return s.parts.contain(panel_part::proper_scores) ? metric(s.scores, o) : estimate::none(unmeasured_reason);
}
template <estimate (*metric)(const sorted_forecasts&, const metric_options&)>
estimate of_sorted(const panel_state& s, const metric_options& o) {
  return s.parts.contain(panel_part::confidences) ? metric(s.confidences.sorted(), o)
                                                  : estimate::none(unmeasured_reason);
}

}  // namespace calibrant::detail
