#include <calibrant/metrics/log_loss.hpp>

#include <cmath>
#include <cstdio>
#include <limits>

#include <calibrant/stats/normal_mean.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

/// "1 row gives its true class ...", "61 rows give their true class ..."; a weight that counts no rows is called a
/// weight.
std::string rows_text(double weight, bool counts_rows) {
  if (counts_rows && weight == 1) return "1 row gives its true class probability 0";
  char number[32];
  std::snprintf(number, sizeof number, "%.12g", weight);
  const std::string rows = counts_rows ? number + std::string(" rows") : "rows of weight " + std::string(number);
  return rows + " give their true class probability 0";
}

}  // namespace

estimate log_loss(const score_sums& scores, const metric_options& options) {
  using enum score_field;
  const double W = scores.total_weight();
  if (!(W > 0)) return estimate::none(detail::empty_reason);
  const double expected = scores.sum(entropy) / W;
  if (const double infinite = scores.sum(infinite_loss); infinite > 0) {
    const bool counts_rows =
        scores.weighted_rows() == 0 || (scores.weights() == weight_kind::frequency && infinite == std::floor(infinite));
    const std::string why = "infinite: " + rows_text(infinite, counts_rows);
    estimate undefined = estimate::none(why);
    undefined.expected_if_calibrated = expected;
    return undefined;
  }
  const detail::weighted_mean mean = detail::mean_of_sums(
      scores.weights(), W, scores.sum(score_field::log_loss), scores.sum(squared_log_loss), scores.variance_sum(weight),
      scores.variance_sum(score_field::log_loss), scores.variance_sum(squared_log_loss));
  const double null_deviation = detail::null_deviation(
      W, scores.variance_sum(weight), scores.variance_sum(surprise_variance), expected * expected, expected);
  estimate result{
      .value = mean.mean,
      .uncertainty = detail::normal_interval(mean, {0, std::numeric_limits<double>::infinity()}, options.level),
      .expected_if_calibrated = expected,
      .p_value = normal_mean_p_value(mean.mean, expected, null_deviation),
      .details = {}};
  if (scores.log_floor()) result.details.emplace_back("floored_rows", scores.sum(floored_loss));
  return result;
}

}  // namespace calibrant
