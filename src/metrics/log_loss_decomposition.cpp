#include <calibrant/metrics/log_loss_decomposition.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <calibrant/core/large_vector.hpp>
#include <calibrant/math/row_sum.hpp>
#include <calibrant/metrics/log_loss.hpp>
#include <calibrant/stats/row_content.hpp>
#include <calibrant/stats/temperature_fit.hpp>

namespace calibrant {
namespace {

constexpr std::size_t folds = 5;
constexpr const char* untested =
    "no interval of tested coverage is known: the recalibration is fitted to such rows too";

struct recalibrated_loss {
  double mean;         ///< L(g(p))
  double temperature;  ///< mean of 1 / beta over the folds
};

recalibrated_loss recalibrate(const row_store& rows, weight_kind kind, std::uint64_t seed) {
  const std::size_t n = rows.size();
  const std::size_t K = rows.classes();
  large_vector<double> log_scores(n * K);
  std::vector<std::uint8_t> fold(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const double> p = rows.scores(i);
    std::transform(p.begin(), p.end(), log_scores.begin() + static_cast<std::ptrdiff_t>(i * K),
                   [](double x) { return std::log(std::max(x, smallest_probability)); });
    fold[i] = static_cast<std::uint8_t>(draw_by_content(seed, p) % folds);
  }
  const temperature_rows fitted_to{.log_scores = log_scores,
                                   .classes = K,
                                   .label = [&](std::size_t i) { return rows.label(i); },
                                   .weight = [&](std::size_t i) { return rows.weight(i); }};
  row_sum losses;
  double total = 0;
  recalibrated_loss result{0, 0};
  for (std::size_t f = 0; f < folds; ++f) {
    const double beta = fitted_inverse_temperature(fitted_to, [&](std::size_t i) { return fold[i] != f; });
    result.temperature += 1 / beta / folds;
    double W = 0;
    double Q = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (fold[i] == f) continue;
      W += rows.weight(i);
      Q += rows.weight(i) * rows.weight(i);
    }
    const double fitted_rows = kind == weight_kind::importance && Q > 0 ? W * (W / Q) : W;
    const double mixed = 1 / (fitted_rows + 1);
    for (std::size_t i = 0; i < n; ++i) {
      if (fold[i] != f) continue;
      const double p = tempered_probability(fitted_to.row(i), static_cast<std::size_t>(rows.label(i)), beta);
      losses.add(-std::log((1 - mixed) * p + mixed / static_cast<double>(K)), rows.weight(i));
      total += rows.weight(i);
    }
  }
  result.mean = losses.value() / total;
  return result;
}

/// What is said where there is nothing to recalibrate; the loss itself where there is.
estimate loss_of(const row_store& rows, const score_sums& scores, const metric_options& options) {
  if (!rows.missing().empty()) return estimate::none(rows.missing());
  return log_loss(scores, options);
}

estimate part(double value, double temperature) {
  return {.value = value,
          .uncertainty = interval_estimate::none(untested),
          .expected_if_calibrated = figure::none(untested),
          .p_value = figure::none("no test of tested size is known for it; see log_loss"),
          .details = {{"temperature", temperature}}};
}

}  // namespace

estimate log_loss_calibration(const row_store& rows, const score_sums& scores, const metric_options& options) {
  const estimate loss = loss_of(rows, scores, options);
  if (!loss.value.value) return estimate::none(loss.value.reason);
  const recalibrated_loss after = recalibrate(rows, scores.weights(), options.seed);
  return part(*loss.value.value - after.mean, after.temperature);
}

estimate log_loss_refinement(const row_store& rows, const score_sums& scores, const metric_options& options) {
  const estimate loss = loss_of(rows, scores, options);
  if (!loss.value.value) return estimate::none(loss.value.reason);
  const recalibrated_loss after = recalibrate(rows, scores.weights(), options.seed);
  return part(after.mean, after.temperature);
}

}  // namespace calibrant
