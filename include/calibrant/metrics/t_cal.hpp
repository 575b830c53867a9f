#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// T-Cal (Lee, Huang, Hassani and Dobriban 2023), top label: [0, 1] is cut into m cells of equal width, and
///   T_m = (1/n) sum_I (1/n_I) [ (sum_{i in I} (a_i - c_i))^2 - sum_{i in I} (a_i - c_i)^2 ]
/// over the cells I estimates the squared L2 error of those cells without bias; it is about 0 under calibration, and
/// may be negative. The test is adaptive: m = 2, 4, 8, ... up to the largest power of two that is not above n (finer
/// cells hold a row each, and add nothing).
///
/// Consistency resampling: options.draws times every outcome is drawn with its confidence (seeded, by the row's place
/// in the order of confidences). The p-value of T_m is its rank among the draws, the value is that of the m with the
/// smallest one (detail `cells`), and its p-value is the rank of that smallest one among those of the draws: of exact
/// size, and stronger than a Bonferroni correction over m. The expected value is the mean of what the draws select.
///
/// Needs rows that count: no value with importance or fractional weights, for fewer than 2 rows, or where confidences
/// are kept in micro-bins. Range [-1, 1]. O(draws (n + m)); 8 draws bytes per m.
[[nodiscard]] estimate t_cal(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
