#include <calibrant/metrics/adaptive_calibration_error.hpp>

#include <calibrant/stats/equal_mass_bins.hpp>

#include "metrics/detail/binned_error.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {

estimate adaptive_calibration_error(const sorted_forecasts& sorted, const metric_options& options) {
  const std::vector<cell_moments> bins = equal_mass_bins(sorted).moments(options.bins);
  return detail::with_resolution(detail::l1_error_estimate(bins, options), sorted);
}

estimate adaptive_root_mean_square_error(const sorted_forecasts& sorted, const metric_options& options) {
  const std::vector<cell_moments> bins = equal_mass_bins(sorted).moments(options.bins);
  return detail::with_resolution(detail::l2_error_estimate(bins, options), sorted);
}

estimate adaptive_debiased_error(const sorted_forecasts& sorted, const metric_options& options) {
  const std::vector<cell_moments> bins = equal_mass_bins(sorted).moments(options.bins);
  return detail::with_resolution(detail::debiased_error_estimate(bins, options), sorted);
}

}  // namespace calibrant
