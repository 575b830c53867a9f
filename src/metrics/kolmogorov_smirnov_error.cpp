#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/brownian_path.hpp>
#include <calibrant/math/compensated_sum.hpp>

#include "metrics/detail/score_mean.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {
namespace {

/// The path W D_j, and how far chance carries it.
struct drift_path {
  double highest = 0;
  double lowest = 0;
  double null_variance = 0;      ///< of its end, if every label is drawn with the confidence: sum w^2 c (1 - c)
  double sampling_variance = 0;  ///< bound of its variance about the population's path
};

// W D_n(t) - W D(t) is, to first order, the sum of w [(c - a) 1{c <= t} - D(t)]; its variance is estimated by
//   V(t) - 2 D(t) M(t) + D(t)^2 Q,  V = sum w^2 (c - a)^2 and M = sum w^2 (c - a) over c <= t, Q = sum w^2.
// Frequency weights have M = W D and Q = W, so it is V(t) - W D(t)^2: that of a Brownian path less an independent
// multiple of D, whose largest values (and range) by Anderson's inequality are stochastically smaller than the path's.
// For importance weights the path is let run for the largest of these variances.
drift_path drift_of(const sorted_forecasts& sorted) {
  const std::span<const double> values = sorted.values();
  const std::span<const double> weights = sorted.weights();
  const std::span<const double> hits = sorted.hits();
  const std::span<const double> variance_weights = sorted.variance_weights();
  const std::span<const double> variance_hits = sorted.variance_hits();
  const double W = sorted.total_weight();
  const double Q = W * (W / sorted.effective_rows());
  drift_path path;
  compensated_sum drift;
  double squares = 0;
  double squared_drift = 0;
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    const double c = values[g];
    const double v = variance_weights[g];
    const double u = variance_hits[g];
    drift.add(weights[g] * c - hits[g]);
    const double d = drift.value();
    path.highest = std::max(path.highest, d);
    path.lowest = std::min(path.lowest, d);
    path.null_variance += v * c * (1 - c);
    squares += u * (1 - c) * (1 - c) + (v - u) * c * c;
    squared_drift += v * c - u;
    if (sorted.kind() == weight_kind::importance)
      path.sampling_variance = std::max(path.sampling_variance, squares - d / W * (2 * squared_drift - d / W * Q));
  }
  path.sampling_variance = std::max({path.sampling_variance, squares, path.null_variance});
  return path;
}

struct path_law {
  double (*tail)(double) noexcept;
  double (*quantile)(double);
  double mean;
};

estimate answer(const sorted_forecasts& sorted, const metric_options& options, const drift_path& path, double extent,
                const path_law& law, const char* method) {
  const double W = sorted.total_weight();
  const double deviation = std::sqrt(path.null_variance);
  const double reach = law.quantile(options.level.alpha()) * std::sqrt(path.sampling_variance) / W;
  const double value = extent / W;
  const double rounding = 1e-12 * W;
  return detail::with_resolution(
      {.value = value,
       .uncertainty = interval_estimate::of({std::max(value - reach, 0.0), std::min(value + reach, 1.0)}, method),
       .expected_if_calibrated = std::min(law.mean * deviation / W, 1.0),
       .p_value = deviation > 0 ? law.tail(extent / deviation) : (extent > rounding ? 0.0 : 1.0),
       .details = {}},
      sorted);
}

}  // namespace

estimate kolmogorov_smirnov_error(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const drift_path path = drift_of(sorted);
  return answer(sorted, options, path, std::max(path.highest, -path.lowest),
                {brownian_maximum_tail, brownian_maximum_quantile, brownian_maximum_mean()},
                "Brownian bound of the largest drift");
}

estimate classwise_kolmogorov_smirnov_error(const class_value_store& values, const metric_options& options) {
  if (values.empty()) return estimate::none(detail::empty_reason);
  const auto K = static_cast<double>(values.classes());
  metric_options each = options;
  each.level = confidence_level(1 - options.level.alpha() / K);
  double value = 0;
  double expected = 0;
  double maximum = 0;
  double resolution = 0;
  interval bounds{0, 0};
  for (std::size_t k = 0; k < values.classes(); ++k) {
    const sorted_forecasts column = values.column(k).sorted();
    const estimate error = kolmogorov_smirnov_error(column, each);
    value += *error.value.value / K;
    expected += *error.expected_if_calibrated.value / K;
    bounds.lower += error.uncertainty.bounds->lower / K;
    bounds.upper += error.uncertainty.bounds->upper / K;
    maximum = std::max(maximum, *error.value.value);
    if (!column.exact()) resolution = std::max(resolution, column.largest_share());
  }
  estimate result{.value = value,
                  .uncertainty = interval_estimate::of(bounds, "Brownian bounds of the classes, which hold together"),
                  .expected_if_calibrated = expected,
                  .p_value = figure::none("the errors of the classes depend on each other; see ks_error"),
                  .details = {{"maximum", maximum}}};
  if (resolution > 0) result.details.emplace_back("resolution", resolution);
  return result;
}

estimate kuiper_error(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const drift_path path = drift_of(sorted);
  return answer(sorted, options, path, path.highest - path.lowest,
                {brownian_range_tail, brownian_range_quantile, brownian_range_mean()},
                "Brownian bound of the range of the drift");
}

}  // namespace calibrant
