#include <calibrant/stats/max_error_interval.hpp>

#include <algorithm>
#include <limits>

#include <calibrant/stats/clopper_pearson.hpp>

namespace calibrant {

interval max_error_interval(std::span<const cell_moments> cells, confidence_level level) {
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  if (cells.empty()) return {undefined, undefined};
  interval result{0, 0};
  for (const cell_moments& cell : cells) {
    const auto [low, high] =
        clopper_pearson(cell.rows * std::min(cell.accuracy, 1.0), cell.rows, level, static_cast<double>(cells.size()));
    const double p = cell.confidence;
    result.lower = std::max({result.lower, p - high, low - p});
    result.upper = std::max({result.upper, p - low, high - p});
  }
  return result;
}

}  // namespace calibrant
