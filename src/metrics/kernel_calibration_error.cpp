#include <calibrant/metrics/kernel_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/normal.hpp>
#include <calibrant/stats/normal_mean.hpp>

namespace calibrant {

estimate kernel_calibration_error(const kernel_pair_sums& sums, const metric_options& options) {
  if (sums.pairs() < 2)
    return estimate::none("needs two pairs of neighbouring rows, without weights and with one true class each");
  const double value = sums.mean();
  const double error = std::sqrt(sums.variance() / static_cast<double>(sums.pairs()));
  const interval whole = normal_mean_interval(value, error, options.level);
  const auto tail = [&] { return error > 0 ? normal_upper_tail(value / error) : (value > 0 ? 0.0 : 1.0); };
  return {.value = value,
          .uncertainty = interval_estimate::of({std::max(whole.lower, -2.0), std::min(whole.upper, 2.0)},
                                               "normal, standard error of the mean over pairs"),
          .expected_if_calibrated = 0.0,
          .p_value = tail(),
          .details = {{"pairs", static_cast<double>(sums.pairs())}}};
}

}  // namespace calibrant
