#include <calibrant/stats/rms_error_null.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <calibrant/math/log_gamma.hpp>

namespace calibrant {

// Under calibration g_b has mean 0, variance v/n and, as a mean of n Bernoulli residuals, fourth cumulant
// v (1 - 6 v) / n^3 (exact where the confidences of the cell agree). So Q = sum omega g^2 has
//   mean = sum omega v / n,   variance = sum omega^2 [2 v^2 / n^2 + v (1 - 6 v) / n^3].
// Q is taken as gamma distributed with these two moments, shape k = mean^2 / variance, for which
// E sqrt(Q) = sqrt(mean / k) Gamma(k + 1/2) / Gamma(k). A cell of less than one row (fractional frequency weights)
// varies like one row, so that the error stays a probability.
double expected_rms_error(std::span<const cell_moments> cells) noexcept {
  if (cells.empty()) return std::numeric_limits<double>::quiet_NaN();
  double mean = 0;
  double variance = 0;
  for (const cell_moments& cell : cells) {
    const double v = cell.bernoulli_variance;
    const double n = std::max(cell.rows, 1.0);
    mean += cell.weight * v / n;
    variance += cell.weight * cell.weight * std::max(2 * v + (1 - 6 * v) / n, 0.0) * v / (n * n);
  }
  if (!(mean > 0)) return 0;
  if (!(variance > 0)) return std::sqrt(mean);
  const double shape = mean * mean / variance;
  // Gamma(k + 1/2) / (sqrt(k) Gamma(k)) = 1 - 1/(8k) + 1/(128 k^2) + ..., to 1e-12 for large k, where lgamma cancels.
  const double ratio = shape > 1e3 ? 1 - (1 - (1 + 5 / (8 * shape)) / (16 * shape)) / (8 * shape)
                                   : std::exp(log_gamma(shape + 0.5) - log_gamma(shape) - 0.5 * std::log(shape));
  return std::sqrt(mean) * ratio;
}

}  // namespace calibrant
