#pragma once

namespace calibrant {

// Laws of a standard Brownian path B on [0, 1], B(0) = 0: the limits of sums of independent steps. Relative error of
// the tails below 1e-10 down to 1e-300.

/// P(max |B| > x), Lévy's series. 1 for x <= 0.
[[nodiscard]] double brownian_maximum_tail(double x) noexcept;
/// The x with P(max |B| > x) = tail, 0 < tail < 1.
[[nodiscard]] double brownian_maximum_quantile(double tail);
/// E max |B| = sqrt(pi / 2).
[[nodiscard]] double brownian_maximum_mean() noexcept;

/// P(max B - min B > x) (Feller 1951). 1 for x <= 0.
[[nodiscard]] double brownian_range_tail(double x) noexcept;
/// The x with P(max B - min B > x) = tail, 0 < tail < 1.
[[nodiscard]] double brownian_range_quantile(double tail);
/// E (max B - min B) = sqrt(8 / pi).
[[nodiscard]] double brownian_range_mean() noexcept;

}  // namespace calibrant
