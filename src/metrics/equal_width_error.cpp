#include <calibrant/metrics/equal_width_error.hpp>

#include <vector>

#include <calibrant/core/bin_edges.hpp>

#include "metrics/detail/binned_error.hpp"

namespace calibrant {

estimate equal_width_error(const sorted_forecasts& sorted, std::size_t bins, const metric_options& options) {
  const bin_edges edges = bin_edges::equal_width(bins);
  if (!sorted.exact()) return estimate::none("there are more rows than are kept in order (--exact-rows)");
  std::vector<cell_moments> cells;
  for (std::size_t first = 0; first < sorted.size();) {
    const std::size_t bin = edges.bin_of(sorted.values()[first]);
    std::size_t last = first + 1;
    while (last < sorted.size() && edges.bin_of(sorted.values()[last]) == bin) ++last;
    cells.push_back(sorted.moments(first, last, sorted.total_weight()));
    first = last;
  }
  return detail::l1_error_estimate(cells, options);
}

}  // namespace calibrant
