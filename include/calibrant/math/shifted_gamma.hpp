#pragma once

namespace calibrant {

/// The gamma distribution, shifted along the line, that has three given central moments (Pearson's type III): a
/// tractable stand-in for a positively skewed sum such as a binned calibration error.
///
/// With v = variance and k3 = third central moment, X = mean + sqrt(v / k) (G - k), where G is a standard gamma
/// variable of shape k = 4 v^3 / k3^2. Limits: k3 = 0 is the normal distribution, v = 0 a point mass at the mean.
struct shifted_gamma {
  double mean = 0;
  double variance = 0;      ///< >= 0
  double third_moment = 0;  ///< central, >= 0

  /// P(X <= x).
  [[nodiscard]] double cdf(double x) const noexcept;
  /// P(X >= x); keeps its relative accuracy far into the tail.
  [[nodiscard]] double upper_tail(double x) const noexcept;
  /// The x with P(X <= x) = p, 0 < p < 1.
  [[nodiscard]] double quantile(double p) const noexcept;
  /// The x with P(X >= x) = tail, 0 < tail < 1.
  [[nodiscard]] double upper_quantile(double tail) const noexcept;
};

}  // namespace calibrant
