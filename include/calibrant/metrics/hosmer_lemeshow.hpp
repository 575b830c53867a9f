#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Hosmer-Lemeshow statistic of top-label confidence (Hosmer and Lemeshow 1980),
///   X2 = sum_b (A_b - C_b)^2 / (C_b (1 - C_b / n_b)),
/// over 10 groups of equal mass (stats/equal_mass_bins.hpp), C_b promised and A_b actual hits of n_b rows; importance
/// weights enter through n_b = W_b^2 / sum w^2. A group whose mean confidence is 0 or 1 joins its neighbour. p-value:
/// upper tail of chi-square with one degree of freedom per group (detail `groups`), for rows that the model was not
/// fitted to. Conservative where confidences vary inside groups; rejects too often where a group expects fewer than
/// about 5 right or 5 wrong rows (detail `fewest_expected`, the least of these numbers). Range [0, inf), unit: a
/// chi-square. No value where every confidence is 0 or 1, or without rows. Bounded form: detail `resolution`. O(rows).
[[nodiscard]] estimate hosmer_lemeshow(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
