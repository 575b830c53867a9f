#include <calibrant/metrics/debiased_calibration_error.hpp>

#include "metrics/detail/binned_error.hpp"

namespace calibrant {

estimate debiased_calibration_error(const top_label_cells& cells, const metric_options& options) {
  return detail::debiased_error_estimate(cells.bin_moments(), options);
}

double debiased_squared_error(const top_label_cells& cells) { return detail::debiased_square(cells.bin_moments()); }

}  // namespace calibrant
