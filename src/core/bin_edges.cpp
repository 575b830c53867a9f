#include <calibrant/core/bin_edges.hpp>

#include <limits>
#include <string>
#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant {

bin_edges bin_edges::equal_width(std::size_t bins) {
  if (bins < 1 || bins > 65536)
    throw error(error_code::invalid_argument, "bins: got " + std::to_string(bins) + ", expected 1 to 65536");
  const double width = 1.0 / static_cast<double>(bins);
  std::vector<double> edges(bins + 1);
  for (std::size_t j = 0; j < bins; ++j) edges[j] = static_cast<double>(j) * width;
  edges[bins] = 1.0;
  return {std::move(edges), bins};
}

bin_edges bin_edges::with_one_alone(std::vector<double> edges) {
  const std::size_t wide_bins = edges.size() - 1;
  edges.push_back(1.0);
  return {std::move(edges), wide_bins};
}

bin_edges::bin_edges(std::vector<double> edges, std::size_t wide_bins)
    : edges_(std::move(edges)), starts_(edges_.begin(), edges_.end() - 1), scale_(static_cast<double>(wide_bins)) {
  starts_.insert(starts_.end(), 2, std::numeric_limits<double>::infinity());
}

}  // namespace calibrant
