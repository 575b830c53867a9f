#pragma once

namespace calibrant {

/// P(X <= x) of the beta distribution with shapes a, b > 0; x in [0, 1].
[[nodiscard]] double beta_cdf(double x, double a, double b) noexcept;

/// The x with P(X <= x) = p of the beta distribution with shapes a, b > 0; p in [0, 1]. Relative error of the
/// probability at the result below 1e-12 for shapes up to 1e5.
[[nodiscard]] double beta_quantile(double p, double a, double b) noexcept;

/// The x with P(X > x) = tail, accurate for a small tail.
[[nodiscard]] double beta_upper_quantile(double tail, double a, double b) noexcept;

}  // namespace calibrant
