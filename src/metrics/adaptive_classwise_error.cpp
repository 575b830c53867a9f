#include <calibrant/metrics/adaptive_classwise_error.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <calibrant/stats/equal_mass_columns.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>

#include "metrics/detail/binned_error.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

double l1_error(const std::vector<cell_moments>& cells) {
  double sum = 0;
  for (const cell_moments& cell : cells) sum += cell.weight * std::abs(cell.confidence - cell.accuracy);
  return sum;
}

estimate error_above(const class_value_store& values, std::size_t bins, double threshold, confidence_level level) {
  if (values.empty()) return estimate::none(detail::empty_reason);
  const std::size_t K = values.classes();
  const std::size_t independent = K == 2 ? 1 : K;
  double sum = 0;
  double tested = 0;
  std::vector<cell_moments> cells;
  for (std::size_t k = 0; k < K; ++k) {
    std::vector<cell_moments> column = equal_mass_moments(values.column(k), bins, threshold);
    const double column_error = l1_error(column);
    sum += column_error;
    if (k >= independent) continue;
    tested += column_error;
    for (cell_moments& cell : column) {
      cell.weight /= static_cast<double>(independent);
      cells.push_back(cell);
    }
  }
  estimate result = estimate::none("no probability is above the threshold");
  result.value = sum / static_cast<double>(K);
  if (cells.empty()) return result;
  const l1_error_null null(cells);
  result.uncertainty = interval_estimate::of(l1_error_interval(cells, level),
                                             std::string(detail::l1_method) + ", classes taken as independent");
  result.expected_if_calibrated = null.expected();
  result.p_value = null.p_value(tested / static_cast<double>(independent));
  if (!values.column(0).exact()) result.details.emplace_back("micro_bins", static_cast<double>(class_micro_bin_count));
  return result;
}

}  // namespace

estimate adaptive_classwise_error(const class_value_store& values, const metric_options& options) {
  return error_above(values, options.bins, -1, options.level);
}

estimate thresholded_adaptive_classwise_error(const class_value_store& values, const metric_options& options) {
  return error_above(values, options.bins, options.min_probability, options.level);
}

}  // namespace calibrant
