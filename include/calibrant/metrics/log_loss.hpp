#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/score_sums.hpp>

namespace calibrant {

/// Negative log-likelihood (1/W) sum_i w_i (-ln p_i[y_i]), nats; from logits logsumexp(z_i) - z_i[y_i]. Range [0, inf].
/// Without a log floor a row with p_y = 0 makes it infinite: then there is no value and the reason counts those rows.
/// Detail `floored_rows` with a floor. Interval: normal with the standard error of the mean. Under calibration the
/// expectation is the mean entropy H and the variance per row sum_k p ln^2 p - H^2. Complexity O(1).
[[nodiscard]] estimate log_loss(const score_sums& scores, const metric_options& options = {});

}  // namespace calibrant
