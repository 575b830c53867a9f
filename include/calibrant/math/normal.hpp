#pragma once

namespace calibrant {

/// Density of the standard normal distribution.
[[nodiscard]] double normal_density(double z) noexcept;

/// P(Z <= z) of the standard normal distribution; relative error below 1e-13 for z > -30.
[[nodiscard]] double normal_cdf(double z) noexcept;

/// P(Z > z), accurate where 1 - normal_cdf(z) would cancel.
[[nodiscard]] double normal_upper_tail(double z) noexcept;

/// The z with P(Z <= z) = p. -infinity at p = 0, +infinity at p = 1, NaN outside [0, 1].
[[nodiscard]] double normal_quantile(double p) noexcept;

/// The z with P(Z > z) = tail, accurate for a small tail.
[[nodiscard]] double normal_upper_quantile(double tail) noexcept;

}  // namespace calibrant
