#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Smooth calibration error (Błasiok and Nakkiran 2024): the fixed point s = smECE_s of
///   smECE_s = integral_0^1 |(1/W) sum_i w_i (a_i - c_i) G_s(t, c_i)| dt,
/// G_s the Gaussian of width s reflected at 0 and 1. Range [0, 1]; no bins, and continuous in the confidences. Solved
/// to |s - smECE_s| <= 1e-7; smoothing: stats/smoothed_residuals.hpp.
///
/// Under calibration the smoothed residuals are close to normal: `expected_if_calibrated` is the fixed point of the
/// mean of their integral, and the p-value its upper tail at the width of the value (a gamma law of two moments).
/// Interval: at any width the integral of the sample differs from the population's by at most that of the noise, whose
/// quantile bounds both. No rows: no value. Bounded form: rows move by at most the width of their micro-bin; detail
/// `resolution`, the largest share of one. O(groups + log(1/s)/s).
[[nodiscard]] estimate smooth_calibration_error(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
