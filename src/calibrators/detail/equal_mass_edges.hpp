#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <calibrant/core/weights.hpp>

#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// Edges from 0 to 1 of at most `bins` bins that hold equally many rows, by the rule of stats/equal_mass_bins.hpp:
/// whole rows are cut as numpy.array_split cuts them, other weights where the cumulative weight reaches j W / B; an
/// edge is halfway between the scores on its two sides, and equal scores stay together.
[[nodiscard]] inline std::vector<double> equal_mass_edges(const sorted_responses& groups, std::size_t bins) {
  double total = 0;
  bool whole = true;
  for (const double w : groups.weights) {
    total += w;
    whole = whole && is_exact_weight(w);
  }
  std::vector<double> edges = {0.0};
  std::size_t group = 0;
  double reached = groups.weights.front();  // up to the end of the group
  for (std::size_t j = 1; j < bins; ++j) {
    // Weight before the boundary: of whole rows the first W mod B chunks have one more.
    const double chunk = std::floor(total / static_cast<double>(bins));
    const double longer = total - chunk * static_cast<double>(bins);
    const double before = whole ? static_cast<double>(j) * chunk + std::min(static_cast<double>(j), longer)
                                : static_cast<double>(j) * total / static_cast<double>(bins);
    if (before <= 0) continue;
    while (reached < before && group + 1 < groups.size()) reached += groups.weights[++group];
    // The last row before the boundary is in `group`, the next one too unless the group ends here.
    const bool ends_here = !(reached > before) || !whole;
    if (group + 1 >= groups.size() && ends_here) break;
    const double lower = groups.values[group];
    const double upper = ends_here ? groups.values[group + 1] : lower;
    const double edge = (lower + upper) / 2;
    if (edge > edges.back() && edge < 1) edges.push_back(edge);
  }
  edges.push_back(1.0);
  return edges;
}

}  // namespace calibrant::detail
