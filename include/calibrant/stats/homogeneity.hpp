#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace calibrant {

/// Whether two samples have the same shares of K kinds of rows.
struct homogeneity {
  /// Half the sum of the differences of shares: the part of the rows that would have to change kind. In [0, 1]; of two
  /// samples of one population above 0.
  double distance = 0;
  // Pearson's test; none where fewer than two cells are left.
  std::optional<double> statistic = {};
  std::size_t freedom = 0;
  std::optional<double> p_value = {};
};

/// Pearson's (1900) chi-square test of a 2 x K table. Where fewer than 5 rows of either sample are expected (Cochran
/// 1954) kinds are put together, the rarest first, until they are enough. Counts are weights;
/// `first_rows` and `second_rows` are the effective numbers of rows (Kish 1965) that these are scaled to. Counts are at
/// least 0 with a positive sum. O(K log K).
[[nodiscard]] homogeneity compare_shares(std::span<const double> first, double first_rows,
                                         std::span<const double> second, double second_rows);

}  // namespace calibrant
