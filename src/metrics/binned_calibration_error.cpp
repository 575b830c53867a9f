#include <calibrant/metrics/binned_calibration_error.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>

#include "metrics/peers/detail/gap_bins.hpp"

namespace calibrant {

double binned_calibration_error(const cell_table& cells, double p) {
  if (!(p >= 1)) throw error(error_code::invalid_argument, "norm: got " + std::to_string(p) + ", expected at least 1");
  const std::vector<detail::gap_bin> bins = detail::gap_bins(cells);
  if (bins.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(p)) return detail::largest_gap(bins);
  const double rows = detail::rows_of(bins);
  if (p == 1) return detail::absolute_gaps(bins) / rows;
  if (p == 2) return std::sqrt(detail::squared_gaps(bins) / rows);
  double sum = 0;
  for (const detail::gap_bin& bin : bins) sum += bin.rows * std::pow(std::abs(bin.gap), p);
  return std::pow(sum / rows, 1 / p);
}

}  // namespace calibrant
