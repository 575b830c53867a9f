#include "metrics/peers/detail/equal_mass.hpp"

#include <algorithm>
#include <cmath>

namespace calibrant::detail {
namespace {

double halfway(double a, double b, peer_number type) {
  if (type == peer_number::float64) return (a + b) / 2;
  return static_cast<double>((static_cast<float>(a) + static_cast<float>(b)) / 2);
}

}  // namespace

bin_rule chunk_midpoints(std::span<const forecast> sorted, std::size_t bins, peer_number type) {
  const std::size_t n = sorted.size();
  bins = std::min(bins, n);
  std::vector<double> edges;
  for (std::size_t chunk = 1, end = 0; chunk < bins; ++chunk) {
    end += n / bins + (chunk <= n % bins ? 1 : 0);
    edges.push_back(halfway(sorted[end - 1].value, sorted[end].value, type));
  }
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  // The package's last edge is 1, once: an inner edge there would be the same one.
  if (!edges.empty() && edges.back() == 1) edges.pop_back();
  return bin_rule::between(bin_side::upper_closed, edges);
}

bin_rule distinct_values(std::span<const forecast> sorted, peer_number type) {
  std::vector<double> edges;
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i].value != sorted[i - 1].value) edges.push_back(halfway(sorted[i - 1].value, sorted[i].value, type));
  return bin_rule::between(bin_side::upper_closed, edges);
}

std::size_t count_distinct(std::span<const forecast> sorted) {
  std::size_t distinct = sorted.empty() ? 0 : 1;
  for (std::size_t i = 1; i < sorted.size(); ++i) distinct += sorted[i].value != sorted[i - 1].value;
  return distinct;
}

bin_rule ranked_values(std::span<const forecast> sorted, std::size_t bins) {
  const std::size_t n = sorted.size();
  const double step = static_cast<double>(n) / static_cast<double>(bins);
  std::vector<double> edges;
  for (std::size_t i = 1; i < bins; ++i) {
    const auto rank = static_cast<std::size_t>(std::nearbyint(static_cast<double>(i) * step));
    edges.push_back(sorted[std::min(rank, n - 1)].value);
  }
  return bin_rule::between(bin_side::lower_closed, edges);
}

std::vector<double> quantiles(std::span<const forecast> sorted, std::size_t bins) {
  std::vector<double> edges{0};
  const std::vector<double> shares = peer_bins::linspace(1, bins + 1);
  const std::size_t last = sorted.size() - 1;
  for (std::size_t j = 1; j < bins; ++j) {
    const double rank = static_cast<double>(last) * shares[j];
    const std::size_t below = std::min(static_cast<std::size_t>(rank), last);
    const double a = sorted[below].value;
    const double b = sorted[std::min(below + 1, last)].value;
    const double t = rank - static_cast<double>(below);
    edges.push_back(t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t));
  }
  edges.push_back(1);
  for (std::size_t j = 1; j < edges.size(); ++j)
    if (edges[j] <= edges[j - 1]) return {};
  return edges;
}

std::vector<forecast> in_order(std::vector<forecast> forecasts) {
  std::stable_sort(forecasts.begin(), forecasts.end(),
                   [](const forecast& a, const forecast& b) { return a.value < b.value; });
  return forecasts;
}

}  // namespace calibrant::detail
