#pragma once

#include <cstddef>
#include <span>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Bounds of the population L1 calibration error of given bins, sum omega_b |gap_b| (ECE), which itself bounds the true
/// calibration error from below: a small upper bound says nothing about errors inside bins.
///
/// `cells`: the non-empty cells in an order that does not depend on labels (increasing confidence gives the lower bound
/// its power against over- and under-confidence); their weights sum to 1. `alpha`: the probability of error allowed to
/// the one side, 0 < alpha < 1, else error_code::invalid_argument. No cells: NaN. Over class-wise cells the classes are
/// taken as independent. O(number of cells).

/// Lower bound: the largest of 0, the error less a quantile of its noise, and the one-sided statistic
/// max_j |2 P_j - P_B| of the partial sums P_j of gaps, less its noise. Reject "error <= limit" when it is above the
/// limit.
[[nodiscard]] double l1_error_lower_bound(std::span<const cell_moments> cells, double alpha);

/// Upper bound: the largest error t sum omega_b s_b / sqrt(n_b), with gaps proportional to their own noise (least
/// favourable), under which an error as small as the observed one is not rejected. At most 1.
[[nodiscard]] double l1_error_upper_bound(std::span<const cell_moments> cells, double alpha);

/// Both bounds, each at half of 1 - level.
[[nodiscard]] interval l1_error_interval(std::span<const cell_moments> cells, confidence_level level = {});

/// Critical value of max_j |2 P_j - P_B| / sqrt(sum of variances) for centred independent normal steps, at 1 - alpha/2.
/// Simulated constants for alpha 0.1, 0.05 and 0.025 by number of bins (up to 15, up to 60, more); otherwise the root
/// of the 1 - alpha/4 quantile of chi-square with 3 degrees of freedom (Pitman's law of the maximum of a Brownian path
/// and its end), a slightly conservative limit for any number of bins.
[[nodiscard]] double single_switch_critical_value(std::size_t bins, double alpha);

}  // namespace calibrant
