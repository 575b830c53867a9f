#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/forecast_column.hpp>

namespace calibrant {

/// The moments of the non-empty bins of equal mass of those forecasts of a column that are above `threshold` (strictly;
/// below 0: all of them), in increasing order; their weights are shares of all that is above it. None where nothing is.
/// Rules of the bins: stats/equal_mass_bins.hpp. Columns in exact form without weights are read as they are, others by
/// way of sorted_forecasts. O(n).
[[nodiscard]] std::vector<cell_moments> equal_mass_moments(const forecast_column& column, std::size_t bins,
                                                           double threshold = -1);

}  // namespace calibrant
