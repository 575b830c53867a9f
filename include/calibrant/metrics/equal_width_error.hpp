#pragma once

#include <cstddef>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// The ECE over any number of bins of equal width, of forecasts in order: what expected_calibration_error gives of
/// cells of as many bins, to the bit for rows and integer frequency weights. No value in the bounded form, whose
/// micro-bins cross the edges of bins. Throws error (invalid_argument) unless 1 <= bins <= 65536. O(groups).
[[nodiscard]] estimate equal_width_error(const sorted_forecasts& sorted, std::size_t bins,
                                         const metric_options& options = {});

}  // namespace calibrant
