#include <calibrant/metrics/brier_decomposition.hpp>

#include <algorithm>
#include <vector>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

constexpr const char* no_interval = "no interval of tested coverage is known for the parts of the decomposition";
constexpr const char* no_test =
    "no test of tested size is known for the parts of the decomposition; see ece and ece_l2_debiased";

}  // namespace

brier_terms brier_decomposition(const classwise_cells& cells) {
  brier_terms terms;
  std::vector<cell_pair> bins;
  for (std::size_t k = 0; k < cells.classes(); ++k) {
    const cell column = cells.column(k).sums;
    const double W = column.weight;
    const double frequency = column.hits / W;
    terms.uncertainty += frequency * (1 - frequency);
    cells.class_bins(k, bins);
    for (const cell_pair& pair : bins) {
      if (pair.empty()) continue;
      const cell& c = pair.sums;
      const double accuracy = c.hits / c.weight;
      terms.reliability += c.gap * (c.gap / c.weight) / W;
      terms.resolution += (c.weight / W) * (accuracy - frequency) * (accuracy - frequency);
      terms.within_variance += (c.squares - c.confidence * (c.confidence / c.weight)) / W;
      terms.within_covariance += 2 * (c.products - c.confidence * accuracy) / W;
      // A cell of less than one row (fractional frequency weights) varies like one row.
      const double rows = std::min(pair.effective_rows(), 1.0);
      terms.expected_reliability += pair.variance_sums.variance / c.weight / W * rows;
    }
  }
  return terms;
}

estimate brier_calibration(const classwise_cells& cells, const metric_options&) {
  if (cells.column(0).empty()) return estimate::none(detail::empty_reason);
  const brier_terms terms = brier_decomposition(cells);
  return {.value = terms.reliability,
          .uncertainty = interval_estimate::none(no_interval),
          .expected_if_calibrated = terms.expected_reliability,
          .p_value = figure::none(no_test),
          .details = {{"resolution", terms.resolution}, {"uncertainty", terms.uncertainty}}};
}

estimate brier_refinement(const classwise_cells& cells, const metric_options&) {
  if (cells.column(0).empty()) return estimate::none(detail::empty_reason);
  const brier_terms terms = brier_decomposition(cells);
  // E[Brier] under calibration is the mean of 1 - sum_k p_k^2 = sum_k p_k (1 - p_k).
  double expected_brier = 0;
  for (std::size_t k = 0; k < cells.classes(); ++k) {
    const cell column = cells.column(k).sums;
    expected_brier += column.variance / column.weight;
  }
  // A mean of squares (Jensen); only rounding takes it below 0.
  return {.value = std::max(0.0, terms.refinement()),
          .uncertainty = interval_estimate::none(no_interval),
          .expected_if_calibrated = expected_brier - terms.expected_reliability,
          .p_value = figure::none(no_test),
          .details = {}};
}

}  // namespace calibrant
