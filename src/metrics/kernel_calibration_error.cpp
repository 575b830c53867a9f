#include <calibrant/metrics/kernel_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/normal.hpp>
#include <calibrant/math/row_sum.hpp>
#include <calibrant/stats/normal_mean.hpp>

#include "metrics/detail/distinct_rows.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

/// h is skewed: with 100 pairs a normal interval of level .95 was found to cover .86 to .95.
constexpr std::int64_t least_pairs_of_interval = 500;

/// h of two rows: exp(-||p - q||) (e_y - p)^T (e_z - q).
double kernel_term(const detail::distinct_rows::row& a, const detail::distinct_rows::row& b) noexcept {
  double distance = 0;
  double products = 0;
  for (std::size_t k = 0; k < a.p.size(); ++k) {
    const double difference = a.p[k] - b.p[k];
    distance += difference * difference;
    products += a.p[k] * b.p[k];
  }
  return std::exp(-std::sqrt(distance)) * ((a.label == b.label ? 1 : 0) - a.p[b.label] - b.p[a.label] + products);
}

}  // namespace

estimate kernel_calibration_error(const kernel_pair_sums& sums, const metric_options& options) {
  if (sums.pairs() < 2)
    return estimate::none("needs two pairs of neighbouring rows, without weights and with one true class each");
  const double value = sums.mean();
  const double error = std::sqrt(sums.variance() / static_cast<double>(sums.pairs()));
  const interval whole = normal_mean_interval(value, error, options.level);
  const auto bounds = [&] {
    return sums.pairs() < least_pairs_of_interval
               ? interval_estimate::none("fewer than 500 pairs: no interval of tested coverage is known")
               : interval_estimate::of({std::max(whole.lower, -2.0), std::min(whole.upper, 2.0)},
                                       "normal, standard error of the mean over pairs");
  };
  const auto tail = [&] { return error > 0 ? normal_upper_tail(value / error) : (value > 0 ? 0.0 : 1.0); };
  return {.value = value,
          .uncertainty = bounds(),
          .expected_if_calibrated = 0.0,
          .p_value = tail(),
          .details = {{"pairs", static_cast<double>(sums.pairs())}}};
}

estimate unbiased_kernel_calibration_error(const row_store& store, const metric_options& options) {
  const detail::distinct_rows listed = detail::distinct_rows::of(store, options.seed);
  if (!listed.missing.empty()) return estimate::none(listed.missing);
  const auto& rows = listed.rows;
  const double n = listed.total;
  const auto distinct = static_cast<double>(rows.size());
  if (n < 2) return estimate::none("needs at least 2 rows");
  if (distinct * distinct * static_cast<double>(store.classes()) > detail::most_pair_terms)
    return estimate::none("too many rows: n^2 K is above 2e9; see skce, whose time grows with n alone");

  row_sum sum;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double c = rows[i].count;
    if (c > 1) sum.add(kernel_term(rows[i], rows[i]), c * (c - 1) / 2);
    for (std::size_t j = i + 1; j < rows.size(); ++j) sum.add(kernel_term(rows[i], rows[j]), c * rows[j].count);
  }
  const double value = sum.value() / (n * (n - 1) / 2);
  constexpr double B = 2;
  const double scale = std::floor(n / 2) / (2 * B * B);
  const double reach = std::sqrt(std::log(2 / options.level.alpha()) / scale);
  return {.value = value,
          .uncertainty = interval_estimate::of({std::max(value - reach, -2.0), std::min(value + reach, 2.0)},
                                               "Hoeffding's bound, free of distribution"),
          .expected_if_calibrated = 0.0,
          .p_value = value > 0 ? std::exp(-scale * value * value) : 1.0,
          .details = {}};
}

}  // namespace calibrant
