#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/math/shifted_gamma.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Residuals hit - forecast, smoothed over the forecasts by a Gaussian of width s that is reflected at 0 and 1:
///   r_s(t) = (1/W) sum_i w_i (a_i - c_i) G_s(t, c_i),
/// and what chance alone would make of the integral of |r_s|.
///
/// Rows are spread linearly on the two neighbours in a grid of spacing at most s/50 (from 2^-12, but not below 2^-20),
/// once per grid; r_s is then a cosine series, in which reflection is exact, cut where its terms are below 1e-13. Its
/// absolute integral takes the points as joined by lines, with their changes of sign. O(rows) per grid, O(log(1/s)/s)
/// per width.
class smoothed_residuals {
 public:
  /// Whose noise: of labels drawn with the forecasts, or of sampling rows as they are.
  enum class noise { calibrated, sampling };

  /// The forecasts must outlive it.
  explicit smoothed_residuals(const sorted_forecasts& sorted);

  /// (1/W) sum w (a - c).
  [[nodiscard]] double mean() const noexcept { return mean_; }
  /// Whether no row has a residual.
  [[nodiscard]] bool zero() const noexcept { return zero_; }
  /// Whether that noise is 0.
  [[nodiscard]] bool certain(noise of) const noexcept { return !(row_variance(of) > 0); }

  /// Integral of |r_s| over [0, 1]: does not increase with the width s > 0.
  [[nodiscard]] double absolute_integral(double width);

  /// The integral of |r_s| if r_s were noise: r_s(t) is then normal with the covariance sum w^2 v G_s(t, c) G_s(u, c) /
  /// W^2 of t and u, v the variance of one row. Two moments of the integral by quadrature; the third as if it were a
  /// sum of as many equal independent parts as these two say. Widths above about 1/2 make it rough.
  [[nodiscard]] shifted_gamma noise_integral(double width, noise of);
  /// Its mean alone.
  [[nodiscard]] double noise_mean(double width, noise of);

 private:
  void use_grid(double width, double per_width);
  void spread(std::size_t intervals);
  [[nodiscard]] double row_variance(noise of) const noexcept { return of == noise::calibrated ? null_ : sampling_; }
  [[nodiscard]] std::vector<double> smooth(const std::vector<double>& series, double width,
                                           std::size_t intervals) const;

  const sorted_forecasts* sorted_;
  double mean_ = 0;
  bool zero_ = true;
  double null_ = 0;      ///< sum w^2 c (1 - c) / W^2
  double sampling_ = 0;  ///< the larger of that and sum w^2 (c - a)^2 / W^2
  double residual_square_ = 0;
  std::size_t intervals_ = 0;
  std::vector<double> residual_series_;
  std::vector<double> null_series_;
  std::vector<double> sampling_series_;
};

}  // namespace calibrant
