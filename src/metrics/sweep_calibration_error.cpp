#include <calibrant/metrics/sweep_calibration_error.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/stats/equal_mass_bins.hpp>

#include "metrics/detail/score_mean.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {
namespace {

constexpr double most_sweep_bins = 65536;
constexpr double rounding = 1e-12;  // of accuracies; no two of fewer than a million rows are closer
constexpr const char* chosen_by_labels =
    "the number of bins depends on the labels, and no construction of tested coverage is known; see adaptive_ece";

/// Groups whose accuracy is above that of the next one: bins that hold none of them, nor border on one, cannot
/// decrease. Returns one past the last of them, 0 if there is none.
std::size_t end_of_decreases(const sorted_forecasts& sorted) {
  const std::span<const double> weights = sorted.weights();
  const std::span<const double> hits = sorted.hits();
  for (std::size_t g = weights.size(); g-- > 1;)
    if (hits[g - 1] / weights[g - 1] > hits[g] / weights[g] + rounding) return g;
  return 0;
}

/// The largest number of bins before the accuracies first decrease.
double monotone_bins(const sorted_forecasts& sorted, const equal_mass_bins& masses) {
  const double most = std::clamp(masses.most_bins() - 1, 1.0, most_sweep_bins);
  const std::size_t last_decrease = end_of_decreases(sorted);
  if (last_decrease == 0) return most;
  std::vector<double> hits_before(sorted.size() + 1);
  compensated_sum sum;
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    sum.add(sorted.hits()[g]);
    hits_before[g + 1] = sum.value();
  }
  for (double bins = 2; bins <= most; ++bins) {
    double before = 0;
    bool decreased = false;
    masses.for_each(bins, [&](std::size_t first, std::size_t last) {
      const double accuracy =
          (hits_before[last] - hits_before[first]) / (masses.weight_before(last) - masses.weight_before(first));
      decreased = first > 0 && accuracy < before - rounding;
      before = accuracy;
      return !decreased && first <= last_decrease;
    });
    if (decreased) return bins - 1;
  }
  return most;
}

struct swept {
  double bins;
  std::vector<cell_moments> cells;
};

swept sweep(const sorted_forecasts& sorted) {
  const equal_mass_bins masses(sorted);
  const double bins = monotone_bins(sorted, masses);
  return {bins, masses.moments(static_cast<std::size_t>(bins))};
}

estimate answer(const sorted_forecasts& sorted, const swept& found, double value) {
  return detail::with_resolution(
      {.value = value,
       .uncertainty = interval_estimate::none(chosen_by_labels),
       .expected_if_calibrated = figure::none(chosen_by_labels),
       .p_value = figure::none(chosen_by_labels),
       .details = {{"bins", found.bins}, {"non_empty_bins", static_cast<double>(found.cells.size())}}},
      sorted);
}

}  // namespace

estimate sweep_calibration_error(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const swept found = sweep(sorted);
  double sum = 0;
  for (const cell_moments& b : found.cells) sum += b.weight * std::abs(b.confidence - b.accuracy);
  return answer(sorted, found, sum);
}

estimate sweep_root_mean_square_error(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const swept found = sweep(sorted);
  double sum = 0;
  for (const cell_moments& b : found.cells) sum += b.weight * (b.confidence - b.accuracy) * (b.confidence - b.accuracy);
  return answer(sorted, found, std::sqrt(sum));
}

}  // namespace calibrant
