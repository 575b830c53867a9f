#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace calibrant::detail {

/// The p-value of a Monte-Carlo test: (1 + #{draws >= observed}) / (draws + 1).
[[nodiscard]] inline double monte_carlo_p_value(std::span<const double> draws, double observed) {
  const auto as_large = std::count_if(draws.begin(), draws.end(), [&](double t) { return t >= observed; });
  return static_cast<double>(1 + as_large) / static_cast<double>(draws.size() + 1);
}

/// Several statistics at once. `table` has one row per draw and, last, one of what was observed; large is surprising.
/// The rank of an entry is how many of its column are as large, itself included. Each row chooses the column of its
/// smallest rank (the last of equal ones), and the test compares these smallest ranks. Under the null hypothesis the
/// rows are exchangeable, so its size is exact.
class smallest_rank {
 public:
  smallest_rank(std::span<const double> table, std::size_t columns)
      : ranks_(table.size() / columns, table.size()), columns_(table.size() / columns, 0) {
    const std::size_t rows = ranks_.size();
    std::vector<std::size_t> order(rows);
    for (std::size_t j = 0; j < columns; ++j) {
      const auto at = [&](std::size_t row) { return table[row * columns + j]; };
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return at(a) > at(b); });
      for (std::size_t first = 0; first < rows;) {
        std::size_t last = first;
        while (last < rows && at(order[last]) == at(order[first])) ++last;
        for (; first < last; ++first)
          if (last <= ranks_[order[first]]) {
            ranks_[order[first]] = last;
            columns_[order[first]] = j;
          }
      }
    }
  }
  /// The column that a row chooses.
  [[nodiscard]] std::size_t column(std::size_t row) const noexcept { return columns_[row]; }
  [[nodiscard]] double p_value() const {
    const auto as_small =
        std::count_if(ranks_.begin(), ranks_.end(), [&](std::size_t x) { return x <= ranks_.back(); });
    return static_cast<double>(as_small) / static_cast<double>(ranks_.size());
  }

 private:
  std::vector<std::size_t> ranks_;
  std::vector<std::size_t> columns_;
};

}  // namespace calibrant::detail
