#pragma once

namespace calibrant {

/// P(X = successes) for X ~ Binomial(trials, p): integers 0 <= successes <= trials < 2^53 and 0 <= p <= 1/2 or any
/// larger p that 1 - p represents well. Relative error below 1e-12 up to 10^12 trials, also where factorials would
/// cancel (saddle-point expansion, Loader 2000).
[[nodiscard]] double binomial_probability(double successes, double trials, double p) noexcept;

/// E |X - n p| for X ~ Binomial(n, p), p in [0, 1] (De Moivre 1730: 2 v C(n, v) p^v (1-p)^(n-v+1), v = floor(n p) + 1).
/// Between integers n it is interpolated linearly: the mean over the two neighbouring whole numbers of rows that
/// average to n. So it is exact at integers, continuous, and never above sqrt(n p (1-p)). O(1).
[[nodiscard]] double binomial_mean_absolute_deviation(double n, double p) noexcept;

}  // namespace calibrant
