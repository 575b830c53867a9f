#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <calibrant/core/weights.hpp>

#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// Where distinct scores are cut into bins of equally many rows, by the rule of stats/equal_mass_bins.hpp: whole rows
/// are cut as numpy.array_split cuts them, other weights where the cumulative weight reaches j W / B; an edge is
/// halfway between the scores on its two sides, and equal scores stay together.
class equal_mass_cuts {
 public:
  /// Of at least one score; they must outlive it. O(groups).
  explicit equal_mass_cuts(const sorted_responses& groups) : groups_(groups) {
    double total = 0;
    reached_.reserve(groups.size());
    for (const double w : groups.weights) {
      reached_.push_back(total += w);
      whole_ = whole_ && is_exact_weight(w);
    }
  }

  /// Edges from `least` to `most`, which lie outside of all scores, of at most `bins` bins. O(bins log groups).
  [[nodiscard]] std::vector<double> edges(std::size_t bins, double least = 0, double most = 1) const {
    const double total = reached_.back();
    std::vector<double> edges = {least};
    for (std::size_t j = 1; j < bins; ++j) {
      // Weight before the boundary: of whole rows the first W mod B chunks have one more.
      const double chunk = std::floor(total / static_cast<double>(bins));
      const double longer = total - chunk * static_cast<double>(bins);
      const double before = whole_ ? static_cast<double>(j) * chunk + std::min(static_cast<double>(j), longer)
                                   : static_cast<double>(j) * total / static_cast<double>(bins);
      if (before <= 0) continue;
      // The last row before the boundary is in `group`, the next one too unless the group ends here.
      const auto at = std::lower_bound(reached_.begin(), reached_.end() - 1, before);
      const auto group = static_cast<std::size_t>(at - reached_.begin());
      const bool ends_here = !(*at > before) || !whole_;
      if (group + 1 >= groups_.size() && ends_here) break;
      const double lower = groups_.values[group];
      const double upper = ends_here ? groups_.values[group + 1] : lower;
      const double edge = (lower + upper) / 2;
      if (edge > edges.back() && edge < most) edges.push_back(edge);
    }
    edges.push_back(most);
    return edges;
  }

  /// Weight of the first g + 1 groups, for every group g.
  [[nodiscard]] const std::vector<double>& reached() const noexcept { return reached_; }

 private:
  const sorted_responses& groups_;
  std::vector<double> reached_;
  bool whole_ = true;
};

}  // namespace calibrant::detail
