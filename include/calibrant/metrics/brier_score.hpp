#pragma once

#include <cstddef>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/score_sums.hpp>

namespace calibrant {

/// Brier score summed over classes, (1/W) sum_i w_i sum_k (p_ik - 1{y_i = k})^2 (Brier 1950). Range [0, 2]; for K = 2
/// twice the binary score. Interval: normal with the standard error of the mean. Under calibration the expectation is 1
/// - sum_k p^2 and the variance per row 4 (sum_k p^3 - (sum_k p^2)^2), which makes the p-value Spiegelhalter's
/// multi-class test. Complexity O(1).
[[nodiscard]] estimate brier_score(const score_sums& scores, const metric_options& options = {});

/// Half of it: for K = 2 the binary score (p - y)^2; scikit-learn's scale_by_half. Range [0, 1].
[[nodiscard]] estimate half_brier_score(const score_sums& scores, const metric_options& options = {});

/// The score divided by the number of classes, as Kull et al. (2019) print it. Range [0, 2/K].
[[nodiscard]] estimate mean_brier_score(const score_sums& scores, std::size_t classes,
                                        const metric_options& options = {});

}  // namespace calibrant
