#include <calibrant/metrics/maximum_mean_calibration_error.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/shifted_gamma.hpp>

#include "metrics/detail/score_mean.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {
namespace {

constexpr double kernel_width = 0.4;

struct pair_sums {
  double square = 0;        ///< MMCE^2 W^2
  double mean = 0;          ///< of it, under calibration
  double variance = 0;      ///< likewise
  double third_moment = 0;  ///< likewise, central
};

// With d_i = w_i (c_i - a_i) of variance v_i under calibration and k_ij = exp(-|c_i - c_j| / l), T = sum_ij d_i d_j
// k_ij has mean sum v_i, variance 2 sum_ij v_i v_j k_ij^2 and third central moment 8 sum_hij v_h v_i v_j k_hi k_ij k_jh
// of a normal d. In increasing order k_hi k_ij k_jh = k_hj^2 for h <= i <= j: each sum is a recursion over the groups,
// where `pulled` is what lies behind, damped by the distance. Rows of one group are one summand with d their sum and v
// the sum of their variances.
pair_sums sums_of(const sorted_forecasts& sorted) {
  pair_sums sums;
  compensated_sum square;
  compensated_sum drift;    // of d behind, damped
  double pulled = 0;        // sum of v behind, damped by the squared kernel
  double pulled_pairs = 0;  // sum over h <= i behind of the ways to choose them, v_h v_i, damped likewise
  double before = 0;
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    const double c = sorted.values()[g];
    const double damping = std::exp((before - c) / kernel_width);
    drift.sum *= damping;
    drift.correction *= damping;
    const double d = sorted.weights()[g] * c - sorted.hits()[g];
    square.add(d * (d + 2 * drift.value()));
    drift.add(d);

    const double v = sorted.variance_weights()[g] * c * (1 - c);
    pulled *= damping * damping;
    pulled_pairs *= damping * damping;
    sums.mean += v;
    sums.variance += 2 * v * (v + 2 * pulled);
    // Ordered triples with their greatest member here: three here, two here and one behind, one here and two behind.
    sums.third_moment += 8 * v * (v * v + 3 * v * pulled + 3 * pulled_pairs);
    pulled_pairs += v * (v + 2 * pulled);
    pulled += v;
    before = c;
  }
  sums.square = square.value();
  return sums;
}

/// E sqrt(max(X, 0)), by the midpoints of equal shares of probability.
double expected_root(const shifted_gamma& law) {
  constexpr int shares = 256;
  double sum = 0;
  for (int i = 0; i < shares; ++i) sum += std::sqrt(std::max(law.quantile((i + 0.5) / shares), 0.0));
  return sum / shares;
}

}  // namespace

estimate maximum_mean_calibration_error(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const double W = sorted.total_weight();
  const pair_sums sums = sums_of(sorted);
  const double square = std::max(sums.square / W / W, 0.0);
  // Per unit of the mean, so that no power of the weights overflows.
  const double unit = sums.mean;
  const shifted_gamma law{1, sums.variance / unit / unit, sums.third_moment / unit / unit / unit};
  const bool varies = unit > 0;
  return detail::with_resolution(
      {.value = std::sqrt(square),
       .uncertainty = interval_estimate::none("no construction of tested coverage is known for a kernel error"),
       .expected_if_calibrated = varies ? std::min(expected_root(law) * std::sqrt(unit) / W, 1.0) : 0.0,
       .p_value = varies ? law.upper_tail(sums.square / unit) : (std::sqrt(square) > 1e-12 ? 0.0 : 1.0),
       .details = {{"square", square}}},
      sorted);
}

}  // namespace calibrant
