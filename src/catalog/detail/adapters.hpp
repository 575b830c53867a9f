#pragma once

#include <calibrant/catalog/metric_catalog.hpp>

namespace calibrant::detail {

// Adapt a metric over one state to the signature of the catalogue.

inline constexpr const char* unmeasured_reason = "not measured: the pass was restricted to other metrics";

// What the rows must tell (metric_needs), by name.
inline constexpr metric_needs needs_predicted_class{.predicted_class = true};
inline constexpr metric_needs needs_hard_labels{.hard_labels = true};
inline constexpr metric_needs needs_seed{.seed = true};
inline constexpr metric_needs biased{.biased = true};
inline constexpr metric_needs undivided{.undivided = true};
inline constexpr metric_needs mean_of_rows{.mean_of_rows = true};

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
inline constexpr const char* no_rows_reason =
    "not measured: it needs the rows themselves, in a pass that was asked for it";
/// A metric of the rows and the sums of their scores.
template <estimate (*metric)(const row_store&, const score_sums&, const metric_options&)>
estimate of_rows(const panel_state& s, const metric_options& o) {
  return s.parts.contain(panel_parts(panel_part::row_scores) | panel_part::proper_scores)
             ? metric(s.rows, s.scores, o)
             : estimate::none(no_rows_reason);
}
/// A metric of the rows alone, which takes weights for numbers of rows.
template <estimate (*metric)(const row_store&, const metric_options&)>
estimate of_rows(const panel_state& s, const metric_options& o) {
  if (!s.parts.contain(panel_part::row_scores)) return estimate::none(no_rows_reason);
  if (s.scores.weights() == weight_kind::importance && s.rows.weighted())
    return estimate::none("needs rows that count: importance weights are not numbers of rows");
  return metric(s.rows, o);
}
/// As many bins of equal mass as the state has of equal width.
inline metric_options with_bins_of(const panel_state& s, metric_options o) {
  o.bins = s.top_label.edges().bins();
  return o;
}
template <estimate (*metric)(const sorted_forecasts&, const metric_options&)>
estimate of_sorted(const panel_state& s, const metric_options& o) {
  return s.parts.contain(panel_part::confidences) ? metric(s.confidences.sorted(), with_bins_of(s, o))
                                                  : estimate::none(unmeasured_reason);
}

/// The default panel goes without sorted class columns above so many classes.
template <estimate (*metric)(const class_value_store&, const metric_options&)>
estimate of_class_values(const panel_state& s, const metric_options& o) {
  if (!s.parts.contain(panel_part::class_values))
    return estimate::none(s.top_label.classes() > largest_default_class_values
                              ? "not in the default panel of more than 1,000 classes; ask for it by name"
                              : unmeasured_reason);
  return metric(s.class_values, with_bins_of(s, o));
}
template <estimate (*metric)(const label_ranks&, const top_label_cells&, const metric_options&)>
estimate of_ranks(const panel_state& s, const metric_options& o) {
  return s.parts.contain(panel_part::ranks) ? metric(s.ranks, s.top_label, o) : estimate::none(unmeasured_reason);
}

}  // namespace calibrant::detail
