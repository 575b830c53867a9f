#include "evaluation/detail/pair_tests.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include <calibrant/math/incomplete_beta.hpp>
#include <calibrant/stats/normal_mean.hpp>
#include <calibrant/stats/score_sums.hpp>

#include "evaluation/detail/paired_mean.hpp"

namespace calibrant::detail {
namespace {

constexpr const char* mean_method = "normal, standard error of the paired differences";
constexpr const char* square_method = "paired row bootstrap of the debiased square, symmetric, scaled to its variance";
constexpr const char* no_scatter =
    "the difference is the same on all rows, which does not mean that it is sure on others";
constexpr const char* one_row = "a standard error needs at least 2 rows";
constexpr const char* no_scores =
    "needs the probabilities of all classes; the input has the confidence of the predicted class only";

/// Rows on which one of two models alone is right, below which their difference is far from normal.
constexpr std::size_t fewest_discordant = 10;

bool is_infinite(double loss, const std::optional<double>& floor) { return !floor && !(loss <= largest_finite_loss); }

std::string rows_text(std::size_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

paired_difference none(const std::string& why) {
  return {.value = figure::none(why),
          .standard_error = figure::none(why),
          .uncertainty = interval_estimate::none(why),
          .p_value = figure::none(why)};
}

/// Value, standard error, interval and z test of a mean.
paired_difference of_mean(const paired_mean& m, confidence_level level) {
  paired_difference result{.value = m.mean};
  if (std::isnan(m.standard_error) || m.standard_error == 0) {
    const char* const why = std::isnan(m.standard_error) ? one_row : no_scatter;
    result.standard_error = m.standard_error == 0 ? figure(0.0) : figure::none(why);
    result.uncertainty = interval_estimate::none(why);
    result.p_value = m.standard_error == 0 && m.mean == 0 ? figure(1.0) : figure::none(why);
    return result;
  }
  result.standard_error = m.standard_error;
  result.uncertainty = interval_estimate::of(normal_mean_interval(m.mean, m.standard_error, level), mean_method);
  result.p_value = normal_mean_p_value(m.mean, 0, m.standard_error);
  return result;
}

/// Of `first` successes against `second` with equal chances: twice the smaller tail of the binomial.
double mcnemar_p_value(double first, double second) {
  const double n = first + second;
  const double fewer = std::min(first, second);
  if (n == 0 || first == second) return 1;
  return std::min(1.0, 2 * beta_cdf(0.5, n - fewer, fewer + 1));
}

}  // namespace

infinite_losses count_infinite(const row_outcomes& baseline, const row_outcomes& model,
                               const std::optional<double>& log_floor) {
  infinite_losses count;
  for (std::size_t i = 0; i < model.log_loss.size(); ++i) {
    const bool of_baseline = is_infinite(baseline.log_loss[i], log_floor);
    const bool of_model = is_infinite(model.log_loss[i], log_floor);
    count.both += of_baseline && of_model;
    count.baseline += of_baseline && !of_model;
    count.model += of_model && !of_baseline;
  }
  return count;
}

paired_difference score_difference(row_score score, const row_outcomes& baseline, const row_outcomes& model,
                                   const paired_rows& rows, const comparison_options& options) {
  if (!model.has_scores()) return none(no_scores);
  if (score == row_score::brier) {
    const auto brier = [](const row_outcomes& m, std::size_t i) {
      return m.sum_squares[i] - 2 * m.label_probability[i];
    };
    return of_mean(mean_difference(model.rows(), rows.weights, rows.kind,
                                   [&](std::size_t i) { return brier(model, i) - brier(baseline, i); }),
                   options.level);
  }
  const infinite_losses infinite = count_infinite(baseline, model, options.log_floor);
  if (infinite.baseline > 0 && infinite.model > 0)
    return none("not defined: the loss of the model alone is infinite on " + rows_text(infinite.model) +
                ", that of the baseline alone on " + rows_text(infinite.baseline));
  if (infinite.baseline + infinite.model > 0)
    return none((infinite.model > 0 ? "infinite: the loss of the model alone is infinite on "
                                    : "minus infinite: the loss of the baseline alone is infinite on ") +
                rows_text(infinite.baseline + infinite.model));
  const double ceiling = options.log_floor ? -std::log(*options.log_floor) : largest_finite_loss;
  return of_mean(mean_difference(model.rows(), rows.weights, rows.kind,
                                 [&](std::size_t i) {
                                   // Infinite on both sides: no difference.
                                   return std::min(model.log_loss[i], ceiling) -
                                          std::min(baseline.log_loss[i], ceiling);
                                 }),
                 options.level);
}

paired_difference accuracy_difference(const row_outcomes& baseline, const row_outcomes& model, const paired_rows& rows,
                                      const comparison_options& options) {
  const auto right = [](const row_outcomes& m, std::size_t i) { return m.results[i] == row_outcomes::result::right; };
  double gained = 0;
  double lost = 0;
  std::size_t discordant = 0;
  bool counts_rows = rows.weights.empty() || rows.kind == weight_kind::frequency;
  for (std::size_t i = 0; i < model.rows(); ++i) {
    if (right(model, i) == right(baseline, i)) continue;
    const double w = rows.weights.empty() ? 1.0 : rows.weights[i];
    ++discordant;
    (right(model, i) ? gained : lost) += w;
    counts_rows = counts_rows && is_exact_weight(w);
  }
  paired_difference result = of_mean(
      mean_difference(model.rows(), rows.weights, rows.kind,
                      [&](std::size_t i) { return (right(model, i) ? 1.0 : 0.0) - (right(baseline, i) ? 1.0 : 0.0); }),
      options.level);
  const double tellers = counts_rows ? gained + lost : static_cast<double>(discordant);
  if (tellers < static_cast<double>(fewest_discordant) && result.uncertainty.bounds)
    result.uncertainty = interval_estimate::none("only " + rows_text(static_cast<std::size_t>(tellers)) +
                                                 " on which one of the two alone is right: too few for an interval");
  if (counts_rows && model.rows() > 1) result.p_value = mcnemar_p_value(gained, lost);
  return result;
}

paired_difference square_difference(double value, std::vector<double> replicates, const row_outcomes& baseline,
                                    const row_outcomes& model, const paired_rows& rows,
                                    const comparison_options& options) {
  paired_difference result{.value = value};
  const auto R = static_cast<double>(replicates.size());
  const double mean = std::accumulate(replicates.begin(), replicates.end(), 0.0) / R;
  double squares = 0;
  for (double& x : replicates) {
    x = std::abs(x - mean);
    squares += x * x;
  }
  const double drawn = squares / (R - 1);
  const double quadratic = quadratic_variance(baseline, model, rows);
  const double variance = std::min(drawn, std::max(drawn - 2 * quadratic, quadratic));
  if (!(variance > 0)) {
    result.standard_error = 0.0;
    result.uncertainty = interval_estimate::none(no_scatter);
    result.p_value = value == 0 ? figure(1.0) : figure::none(no_scatter);
    return result;
  }
  const double scale = std::sqrt(variance / drawn);
  std::sort(replicates.begin(), replicates.end());
  const auto beyond =
      replicates.end() - std::lower_bound(replicates.begin(), replicates.end(), std::abs(value) / scale);
  result.standard_error = std::sqrt(variance);
  result.p_value = (1 + static_cast<double>(beyond)) / (R + 1);
  // The order statistic that agrees with the p-value; too far out it would be a matter of luck.
  const double needed = std::ceil(4 / options.level.alpha());
  if (R < needed) {
    result.uncertainty = interval_estimate::none("too few replicates: the level needs at least " +
                                                 std::to_string(static_cast<std::size_t>(needed)));
    return result;
  }
  const auto place = static_cast<std::size_t>(std::ceil(options.level.level() * (R + 1) - 1e-9));
  const double half = scale * replicates[std::min(place, replicates.size()) - 1];
  result.uncertainty = interval_estimate::of({value - half, value + half}, square_method);
  return result;
}

}  // namespace calibrant::detail
