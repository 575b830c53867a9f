#include "evaluation/detail/gate_bounds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include <calibrant/math/normal.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>
#include <calibrant/stats/wilson.hpp>

#include "evaluation/detail/independent_difference.hpp"

namespace calibrant::detail {
namespace {

/// Metrics whose bounds take the classes as independent, although these share the rows.
bool sums_over_classes(const metric_entry& entry) {
  constexpr std::array<std::string_view, 4> metrics = {"classwise_ece", "classwise_ece_sum", "ace", "tace"};
  return std::find(metrics.begin(), metrics.end(), entry.name) != metrics.end();
}

/// The level of an interval of which each end is wrong with probability alpha.
///
/// Classes that share rows: with signs s_k and the residuals r_k = p_k - 1{y = k} of a row, which sum to 0, sum_k s_k
/// r_k is twice the residual of the classes S of one sign, and 4 p(S) (1 - p(S)) <= 2 sum_k p_k (1 - p_k). So the
/// deviation of the sum of gaps is at most sqrt(2) times that of independent classes, which a bound at P(Z > sqrt(2)
/// z_alpha) allows for.
confidence_level level_of_ends(const metric_entry& entry, double alpha) {
  if (sums_over_classes(entry)) alpha = normal_upper_tail(std::sqrt(2.0) * normal_upper_quantile(alpha));
  return confidence_level(1 - (entry.needs.undivided ? 1 : 2) * alpha);
}

estimate l1_error_at(const std::vector<cell_moments>& cells, double alpha) {
  double value = 0;
  for (const cell_moments& c : cells) value += c.weight * std::abs(c.confidence - c.accuracy);
  const double lower = std::min(l1_error_lower_bound(cells, alpha), 1.0);
  return {.value = value,
          .uncertainty = interval_estimate::of({lower, std::max(lower, l1_error_upper_bound(cells, alpha))},
                                               "bounds of the binned L1 error"),
          .expected_if_calibrated = l1_error_null(cells).expected(),
          .p_value = figure::none(""),
          .details = {}};
}

std::vector<cell_moments> predicted_cells(const top_label_cells& top_label, std::size_t k) {
  std::vector<cell_moments> cells;
  const double weight = top_label.predicted(k).sums.weight;
  for (std::size_t b = 0; b < top_label.edges().bins(); ++b)
    if (const cell_pair pair = top_label.at(k, b); !pair.empty()) cells.push_back(pair.moments(weight));
  return cells;
}

}  // namespace

gate_subject panel_subject(const metric_entry& entry, const panel_state& state, const panel_context& context,
                           const metric_options& options) {
  return {.at =
              [&entry, &state, context, options](double alpha) {
                metric_options at = options;
                at.level = level_of_ends(entry, alpha);
                return answer(entry, state, context, at);
              },
          .rows = state.top_label.all().effective_rows()};
}

gate_subject share_subject(double hits, double weight, double rows) {
  const double share = std::min(hits / weight, 1.0);
  return {.at =
              [share, rows](double alpha) {
                estimate result = estimate::none("");
                result.value = share;
                result.uncertainty = interval_estimate::of(
                    wilson(std::min(share * rows, rows), rows, confidence_level(1 - 2 * alpha)), "Wilson");
                return result;
              },
          .rows = rows};
}

gate_subject class_subject(const metric_entry& entry, const panel_state& state, std::size_t k) {
  if (entry.name == "classwise_ece") {
    const cell_pair column = state.classwise.column(k);
    return {.at = [cells = state.classwise.class_moments(k, column.sums.weight)](
                      double alpha) { return l1_error_at(cells, alpha); },
            .rows = column.effective_rows()};
  }
  const cell_pair predicted = state.top_label.predicted(k);
  if (predicted.empty())
    return {.at = [](double) { return estimate::none("no row was predicted as this class"); }, .rows = 0};
  const double rows = predicted.effective_rows();
  if (entry.name == "ece")
    return {.at = [cells = predicted_cells(state.top_label, k)](double alpha) { return l1_error_at(cells, alpha); },
            .rows = rows};
  return share_subject(predicted.sums.hits, predicted.sums.weight, rows);
}

double least_alpha(const metric_entry& entry) { return sums_over_classes(entry) ? 1e-7 : 1e-12; }

double unbiased_value(const metric_entry& entry, const estimate& result) {
  const double value = *result.value.value;
  if (!entry.needs.biased || !result.expected_if_calibrated.value) return value;
  const double expected = *result.expected_if_calibrated.value;
  return std::sqrt(std::max(value * value - expected * expected, 0.0));
}

estimate worsening(const metric_entry& entry, const gate_subject& model, const gate_subject& baseline, double alpha) {
  estimate result = independent_difference(entry, model, baseline, alpha);
  if (entry.better != metric_direction::higher || !result.value.value) return result;
  result.value = -*result.value.value;
  interval& bounds = *result.uncertainty.bounds;
  bounds = {-bounds.upper, -bounds.lower};
  return result;
}

}  // namespace calibrant::detail
