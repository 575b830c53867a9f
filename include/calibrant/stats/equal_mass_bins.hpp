#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Bins of equal mass over sorted forecasts.
///
/// Where every weight is an integer the W rows are cut into B chunks as numpy.array_split does (the first W mod B
/// chunks get one row more). Otherwise a chunk ends with the group in which the cumulative weight first reaches j W /
/// B. The edge between two chunks is the midpoint of the last value of the one and the first of the other. A value
/// belongs to the bin whose lower edge it reaches; the outer edges are 0 and 1, the last bin is closed. Equal values
/// are never split: edges that coincide are one edge, so there may be fewer bins than asked for. In the bounded form of
/// the forecasts a micro-bin goes to one bin as a whole.
///
/// Holds the cumulative weights: 8 bytes a group. The forecasts must outlive it.
class equal_mass_bins {
 public:
  /// O(groups).
  explicit equal_mass_bins(const sorted_forecasts& sorted);

  /// More bins than this are no further division: the number of rows, or of groups where weights are no integers.
  [[nodiscard]] double most_bins() const noexcept;

  /// First group of every non-empty bin, then the number of groups; `bins` >= 1. Calls `visit(first, last)` for the
  /// groups [first, last) of each non-empty bin in increasing order, until it returns false. Returns whether all were
  /// visited. O(min(bins, groups) log groups).
  template <class Visit>
  bool for_each(double bins, Visit&& visit) const {
    std::size_t first = 0;
    for (position p; next_cut(bins, p);) {
      if (p.cut <= first) continue;
      if (!visit(first, p.cut)) return false;
      first = p.cut;
    }
    return sorted_->empty() || visit(first, sorted_->size());
  }

  /// The moments of every non-empty bin, in increasing order of value. O(groups).
  [[nodiscard]] std::vector<cell_moments> moments(std::size_t bins) const;

  /// Sum of the weights of the groups before `group`.
  [[nodiscard]] double weight_before(std::size_t group) const noexcept { return group == 0 ? 0 : reached_[group - 1]; }

 private:
  struct position {
    double boundary = 1;     ///< j of the next boundary
    std::size_t search = 0;  ///< no later boundary is in a group before this one
    std::size_t cut = 0;     ///< first group above the edge that was found
  };
  [[nodiscard]] bool next_cut(double bins, position& p) const;
  [[nodiscard]] bool next_cut_of_rows(double bins, position& p) const;
  [[nodiscard]] bool next_cut_of_weights(double bins, position& p) const;

  const sorted_forecasts* sorted_;
  std::vector<double> reached_;  ///< cumulative weight at the end of each group
};

}  // namespace calibrant
