#include <calibrant/stats/smoothed_residuals.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include <calibrant/math/cosine_transform.hpp>

#include "stats/detail/cell_sums.hpp"

namespace calibrant {
namespace {

constexpr double pi = std::numbers::pi;
constexpr std::size_t finest_grid = std::size_t{1} << 20;
constexpr double integral_points = 50;  ///< per width, of the integral of |r_s|
constexpr double noise_points = 4;      ///< per width, of the moments of noise

/// Points of a grid with `per_width` points per width.
std::size_t intervals_for(double width, double per_width) {
  const double wanted = std::clamp(per_width / width, 64.0, static_cast<double>(finest_grid));
  return std::bit_ceil(static_cast<std::size_t>(std::ceil(wanted)));
}

}  // namespace

smoothed_residuals::smoothed_residuals(const sorted_forecasts& sorted) : sorted_(&sorted) {
  const double W = sorted.total_weight();
  double sum = 0;
  double null = 0;
  double squares = 0;
  for (std::size_t g = 0; g < sorted.size(); ++g) {
    const double c = sorted.values()[g];
    const double residual = sorted.hits()[g] - sorted.weights()[g] * c;
    const double v = sorted.variance_weights()[g];
    const double u = sorted.variance_hits()[g];
    sum += residual;
    zero_ = zero_ && residual == 0;
    null += v * c * (1 - c);
    squares += u * (1 - c) * (1 - c) + (v - u) * c * c;
  }
  mean_ = sum / W;
  null_ = null / W / W;
  residual_square_ = squares / W / W;
  sampling_ = std::max(null_, residual_square_);
}

void smoothed_residuals::use_grid(double width, double per_width) {
  const std::size_t needed = intervals_for(width, per_width);
  if (needed <= intervals_) return;
  spread(needed <= 4096 ? 4096 : needed <= 65536 ? 65536 : finest_grid);
}

// Forecasts come in increasing order, so what falls between two points is summed before it is stored. Variances go to
// the nearer point: they are smoothed over many.
void smoothed_residuals::spread(std::size_t intervals) {
  intervals_ = intervals;
  const auto N = static_cast<double>(intervals);
  const double W = sorted_->total_weight();
  residual_series_.assign(intervals + 2, 0.0);
  null_series_.assign(intervals + 2, 0.0);
  sampling_series_.assign(intervals + 2, 0.0);
  const std::span<const double> values = sorted_->values();
  const std::span<const double> weights = sorted_->weights();
  const std::span<const double> hits = sorted_->hits();
  const std::span<const double> variance_weights = sorted_->variance_weights();
  const std::span<const double> variance_hits = sorted_->variance_hits();
  for (std::size_t g = 0; g < values.size();) {
    const auto below = static_cast<std::size_t>(values[g] * N);
    const double end = static_cast<double>(below + 1);
    double low = 0, high = 0, null_low = 0, null_high = 0, sampling_low = 0, sampling_high = 0;
    for (; g < values.size() && values[g] * N < end; ++g) {
      const double c = values[g];
      const double place = c * N - static_cast<double>(below);
      const double residual = hits[g] - weights[g] * c;
      const double v = variance_weights[g];
      const double u = variance_hits[g];
      const double null = v * c * (1 - c);
      const double square = u * (1 - c) * (1 - c) + (v - u) * c * c;
      low += residual * (1 - place);
      high += residual * place;
      null_low += place < 0.5 ? null : 0;
      null_high += place < 0.5 ? 0 : null;
      sampling_low += place < 0.5 ? square : 0;
      sampling_high += place < 0.5 ? 0 : square;
    }
    residual_series_[below] += low;
    residual_series_[below + 1] += high;
    null_series_[below] += null_low;
    null_series_[below + 1] += null_high;
    sampling_series_[below] += sampling_low;
    sampling_series_[below + 1] += sampling_high;
  }
  // Where hardly an error was seen, the forecasts say how many there may be.
  const double sampling_scale = residual_square_ > 0 ? sampling_ / residual_square_ : 1;
  cosine_transform transform(intervals);
  const auto finish = [&](std::vector<double>& series, double scale) {
    series.pop_back();  // the place above 1, where nothing is
    for (double& x : series) x *= scale;
    transform.apply(series);
  };
  finish(residual_series_, 1 / W);
  finish(null_series_, 1 / W / W);
  finish(sampling_series_, sampling_scale / W / W);
  if (residual_square_ == 0) sampling_series_ = null_series_;
}

// G_s(t, c) = sum_k a_k exp(-pi^2 k^2 s^2 / 2) cos(pi k t) cos(pi k c) with a_0 = 1 and a_k = 2: the Gaussian and all
// its images in mirrors at 0 and 1.
std::vector<double> smoothed_residuals::smooth(const std::vector<double>& series, double width,
                                               std::size_t intervals) const {
  std::vector<double> values(intervals + 1, 0.0);
  const std::size_t terms = std::min(values.size(), series.size());
  for (std::size_t k = 0; k < terms; ++k) {
    const double frequency = pi * static_cast<double>(k) * width;
    const double damping = std::exp(-frequency * frequency / 2);
    if (damping < 1e-13) break;
    values[k] = (k == 0 ? 1 : 2) * damping * series[k];
  }
  cosine_transform(intervals).apply(values);
  return values;
}

double smoothed_residuals::absolute_integral(double width) {
  if (zero_) return 0;
  use_grid(width, integral_points);
  const std::size_t intervals = intervals_for(width, integral_points);
  const std::vector<double> r = smooth(residual_series_, width, intervals);
  double sum = 0;
  for (std::size_t i = 0; i < intervals; ++i) {
    const double a = std::abs(r[i]);
    const double b = std::abs(r[i + 1]);
    // Where the sign changes the line makes two triangles.
    sum += (r[i] < 0) == (r[i + 1] < 0) || a + b == 0 ? a + b : (a * a + b * b) / (a + b);
  }
  return sum / 2 / static_cast<double>(intervals);
}

// With g the Gaussian of width s, the products of the images of two kernels are Gaussians of their midpoint:
//   g(t - c) g(u - c) = phi(t - u) gamma((t + u)/2 - c), phi of width sqrt(2) s, gamma of width s / sqrt(2).
// Summed over c, with q the variances smoothed by gamma and its images,
//   cov(t, u) = phi(t - u) q((t + u)/2) + phi(t + u) q(|t - u|/2) + phi(2 - t - u) q(1 - |t - u|/2),
// up to images farther away. For normal X, Y of deviations x, y and correlation rho
//   cov(|X|, |Y|) = (2/pi) x y (sqrt(1 - rho^2) + rho asin(rho) - 1).
shifted_gamma smoothed_residuals::noise_integral(double width, noise of) {
  if (certain(of)) return {};
  use_grid(width, 4 * noise_points);
  const std::vector<double>& series = of == noise::calibrated ? null_series_ : sampling_series_;
  const std::size_t points = intervals_for(width, noise_points);
  const std::vector<double> q = smooth(series, width / std::numbers::sqrt2, 2 * points);
  const double step = 1 / static_cast<double>(points);
  const double peak = 1 / (2 * std::sqrt(pi) * width);
  // phi at whole steps; beyond 8 widths it is below 1e-7 of its peak.
  const auto reach = std::min(static_cast<std::size_t>(std::ceil(8 * width / step)), 2 * points);
  std::vector<double> phi(2 * points + 1, 0.0);
  for (std::size_t d = 0; d <= reach; ++d) {
    const double z = static_cast<double>(d) * step / (2 * width);
    phi[d] = peak * std::exp(-z * z);
  }
  const auto covariance = [&](std::size_t i, std::size_t d) {
    const std::size_t sum = 2 * i + d;  // t + u in steps
    return phi[d] * q[sum] + phi[sum] * q[d] + phi[2 * points - sum] * q[2 * points - d];
  };
  std::vector<double> deviation(points + 1);
  double mean = 0;
  for (std::size_t i = 0; i <= points; ++i) {
    deviation[i] = std::sqrt(std::max(covariance(i, 0), 0.0));
    mean += (i == 0 || i == points ? 0.5 : 1) * deviation[i];
  }
  mean *= step * detail::absolute_normal_mean;
  double variance = 0;
  const auto band = std::min(static_cast<std::size_t>(std::ceil(4 * width / step)), points);
  for (std::size_t d = 0; d <= band; ++d)
    for (std::size_t i = 0; i + d <= points; ++i) {
      const double product = deviation[i] * deviation[i + d];
      if (!(product > 0)) continue;
      const double rho = std::clamp(covariance(i, d) / product, -1.0, 1.0);
      const double ends = (i == 0 ? 0.5 : 1) * (i + d == points ? 0.5 : 1);
      variance += (d == 0 ? 1 : 2) * ends * product * (std::sqrt(1 - rho * rho) + rho * std::asin(rho) - 1);
    }
  variance *= step * step * 2 / pi;
  // m equal parts of deviation x: mean m x M1, variance m x^2 (1 - M1^2), third moment m x^3 M3.
  const double x = variance / mean * detail::absolute_normal_mean / detail::absolute_normal_variance;
  const double parts = mean / detail::absolute_normal_mean / x;
  return {.mean = mean, .variance = variance, .third_moment = parts * x * x * x * detail::absolute_normal_third_moment};
}

double smoothed_residuals::noise_mean(double width, noise of) {
  if (certain(of)) return 0;
  use_grid(width, 4 * noise_points);
  const std::vector<double>& series = of == noise::calibrated ? null_series_ : sampling_series_;
  const std::size_t points = intervals_for(width, noise_points);
  const std::vector<double> q = smooth(series, width / std::numbers::sqrt2, points);
  double sum = 0;
  for (std::size_t i = 0; i <= points; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(points) / width;
    const double u = 1 / width - t;
    const double v = q[i] + std::exp(-t * t) * q[0] + std::exp(-u * u) * q[points];
    sum += (i == 0 || i == points ? 0.5 : 1) * std::sqrt(std::max(v, 0.0));
  }
  return detail::absolute_normal_mean * std::sqrt(1 / (2 * std::sqrt(pi) * width)) * sum / static_cast<double>(points);
}

}  // namespace calibrant
