#include <calibrant/metrics/brier_score.hpp>

#include <cmath>

#include <calibrant/stats/normal_mean.hpp>

#include "metrics/detail/scaled.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {

estimate brier_score(const score_sums& scores, const metric_options& options) {
  using enum score_field;
  const double W = scores.total_weight();
  if (!(W > 0)) return estimate::none(detail::empty_reason);
  const double expected = scores.sum(expected_brier) / W;
  const detail::weighted_mean mean =
      detail::mean_of_sums(scores.weights(), W, scores.sum(brier), scores.sum(squared_brier),
                           scores.variance_sum(weight), scores.variance_sum(brier), scores.variance_sum(squared_brier));
  const double squares = 1 - expected;  // mean of sum_k p_k^2; the variance is 4 (sum_k p_k^3 - (sum_k p_k^2)^2)
  const double null_deviation = detail::null_deviation(
      W, scores.variance_sum(weight), scores.variance_sum(brier_variance), 4 * squares * squares, expected);
  return {.value = mean.mean,
          .uncertainty = detail::normal_interval(mean, {0, 2}, options.level),
          .expected_if_calibrated = expected,
          .p_value = normal_mean_p_value(mean.mean, expected, null_deviation),
          .details = {}};
}

estimate half_brier_score(const score_sums& scores, const metric_options& options) {
  return detail::scaled(brier_score(scores, options), 0.5);
}

estimate mean_brier_score(const score_sums& scores, std::size_t classes, const metric_options& options) {
  return detail::scaled(brier_score(scores, options), 1 / static_cast<double>(classes));
}

}  // namespace calibrant
