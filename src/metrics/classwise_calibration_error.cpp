#include <calibrant/metrics/classwise_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>

#include "metrics/detail/binned_error.hpp"
#include "metrics/detail/scaled.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {
double class_calibration_error(std::span<const cell_pair> bins, double W) {
  double sum = 0;
  for (const cell_pair& bin : bins) sum += std::abs(bin.sums.gap) / W;
  return sum;
}

double class_calibration_error(const classwise_cells& cells, std::size_t k) {
  return class_calibration_error(cells.class_bins(k), cells.column(k).sums.weight);
}

estimate classwise_calibration_error(const classwise_cells& cells, const metric_options& options) {
  if (cells.column(0).empty()) return estimate::none(detail::empty_reason);
  // The cells of all columns that carry information of their own. For K = 2 column 1 mirrors column 0, so column 0
  // stands for both.
  const std::size_t columns = cells.classes() == 2 ? 1 : cells.classes();
  const double total = cells.column(0).sums.weight * static_cast<double>(columns);
  std::vector<cell_moments> independent;
  independent.reserve(columns * cells.edges().bins());
  std::vector<cell_pair> bins;
  double sum = 0;
  for (std::size_t k = 0; k < cells.classes(); ++k) {
    cells.class_bins(k, bins);
    sum += class_calibration_error(bins, cells.column(k).sums.weight);
    if (k >= columns) continue;
    for (const cell_pair& bin : bins)
      if (!bin.empty()) independent.push_back(bin.moments(total));
  }
  const double value = sum / static_cast<double>(cells.classes());
  const l1_error_null null(independent);
  // Probabilities on a bin edge keep the second of two columns from mirroring the first, so the test of one column asks
  // for that column's error.
  const double tested = cells.classes() == 2 ? class_calibration_error(cells, 0) : value;
  return {.value = value,
          .uncertainty = interval_estimate::of(l1_error_interval(independent, options.level),
                                               std::string(detail::l1_method) + ", classes taken as independent"),
          .expected_if_calibrated = null.expected(),
          .p_value = null.p_value(tested),
          .details = {}};
}

estimate classwise_calibration_error_sum(const classwise_cells& cells, const metric_options& options) {
  return detail::scaled(classwise_calibration_error(cells, options), static_cast<double>(cells.classes()));
}

estimate lp_classwise_calibration_error(const classwise_cells& cells, const metric_options& options) {
  if (cells.column(0).empty()) return estimate::none(detail::empty_reason);
  const double W = cells.column(0).sums.weight;
  const auto gap_of = [](const cell& sums) { return std::abs(sums.gap) / sums.weight; };
  // As for ece_lp, gaps are taken relative to the largest one.
  double largest = 0;
  for (std::size_t k = 0; k < cells.classes(); ++k)
    for (const cell_pair& bin : cells.class_bins(k))
      if (!bin.empty()) largest = std::max(largest, gap_of(bin.sums));
  double sum = 0;
  if (largest > 0)
    for (std::size_t k = 0; k < cells.classes(); ++k)
      for (const cell_pair& bin : cells.class_bins(k))
        if (!bin.empty()) sum += bin.sums.weight / W * std::pow(gap_of(bin.sums) / largest, options.norm);
  constexpr const char* untested = "no construction of tested coverage is known for a general norm; see classwise_ece";
  return {.value = largest * std::pow(sum / static_cast<double>(cells.classes()), 1 / options.norm),
          .uncertainty = interval_estimate::none(untested),
          .expected_if_calibrated = figure::none(untested),
          .p_value = figure::none(untested),
          .details = {{"norm", options.norm}}};
}

estimate present_classwise_calibration_error(const classwise_cells& cells, const metric_options&) {
  if (cells.column(0).empty()) return estimate::none(detail::empty_reason);
  double sum = 0;
  double present = 0;
  for (std::size_t k = 0; k < cells.classes(); ++k) {
    if (!(cells.column(k).sums.hits > 0)) continue;
    sum += class_calibration_error(cells, k);
    ++present;
  }
  constexpr const char* chosen = "the labels choose the classes; see classwise_ece";
  return {.value = sum / present,
          .uncertainty = interval_estimate::none(chosen),
          .expected_if_calibrated = figure::none(chosen),
          .p_value = figure::none(chosen),
          .details = {{"classes", present}}};
}

}  // namespace calibrant
