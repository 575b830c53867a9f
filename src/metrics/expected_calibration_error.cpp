#include <calibrant/metrics/expected_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/stats/max_error_interval.hpp>

#include "metrics/detail/binned_error.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate expected_calibration_error(const top_label_cells& cells, const metric_options& options) {
  return detail::l1_error_estimate(cells.bin_moments(), options);
}

estimate lp_calibration_error(const top_label_cells& cells, const metric_options& options) {
  const std::vector<cell_moments> bins = cells.bin_moments();
  if (bins.empty()) return estimate::none(detail::empty_reason);
  // (sum omega g^p)^(1/p) = G (sum omega (g/G)^p)^(1/p) with G the largest gap: no power underflows as a whole for
  // large p.
  double largest = 0;
  for (const cell_moments& b : bins) largest = std::max(largest, std::abs(b.confidence - b.accuracy));
  double sum = 0;
  if (largest > 0)
    for (const cell_moments& b : bins)
      sum += b.weight * std::pow(std::abs(b.confidence - b.accuracy) / largest, options.norm);
  constexpr const char* untested =
      "no construction of tested coverage is known for a general norm; see ece and ece_l2_debiased";
  return {.value = largest * std::pow(sum, 1 / options.norm),
          .uncertainty = interval_estimate::none(untested),
          .expected_if_calibrated = figure::none(untested),
          .p_value = figure::none(untested),
          .details = {{"norm", options.norm}}};
}

estimate root_mean_square_calibration_error(const top_label_cells& cells, const metric_options& options) {
  return detail::l2_error_estimate(cells.bin_moments(), options);
}

estimate maximum_calibration_error(const top_label_cells& cells, const metric_options& options) {
  const std::vector<cell_moments> bins = cells.bin_moments();
  if (bins.empty()) return estimate::none(detail::empty_reason);
  double value = 0;
  for (const cell_moments& b : bins) value = std::max(value, std::abs(b.confidence - b.accuracy));
  constexpr const char* untested = "no construction of tested size is known for the largest of the bins' gaps";
  return {.value = value,
          .uncertainty =
              interval_estimate::of(max_error_interval(bins, options.level), "Clopper-Pearson per bin, simultaneous"),
          .expected_if_calibrated = figure::none(untested),
          .p_value = figure::none(untested),
          .details = {}};
}

}  // namespace calibrant
