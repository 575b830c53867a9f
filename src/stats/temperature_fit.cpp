#include <calibrant/stats/temperature_fit.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/root_finding.hpp>
#include <calibrant/math/row_sum.hpp>

namespace calibrant {
namespace {

/// Mean and variance of z under softmax(beta z).
struct tempered_moments {
  double mean = 0;
  double variance = 0;

  tempered_moments(std::span<const double> z, double beta) noexcept {
    const double top = *std::max_element(z.begin(), z.end());
    double total = 0;
    double squares = 0;
    for (const double x : z) {
      const double below = x - top;
      const double e = std::exp(beta * below);
      total += e;
      mean += e * below;
      squares += e * below * below;
    }
    mean /= total;
    variance = std::max(squares / total - mean * mean, 0.0);
    mean += top;
  }
};

/// Whether the label of every used row has the largest score: then the loss falls for ever.
bool separable(const temperature_rows& rows, const std::function<bool(std::size_t)>& used) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!used(i)) continue;
    const std::span<const double> z = rows.row(i);
    if (z[static_cast<std::size_t>(rows.label(i))] < *std::max_element(z.begin(), z.end())) return false;
  }
  return true;
}

}  // namespace

double fitted_inverse_temperature(const temperature_rows& rows, const std::function<bool(std::size_t)>& used) {
  if (separable(rows, used)) return 1;
  constexpr double farthest = 10;  // of u = ln beta
  // The slope of the mean loss in beta, and how it changes with u.
  const auto slope = [&](double u) -> value_and_slope {
    const double beta = std::exp(u);
    row_sum slopes;
    row_sum variances;
    double total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!used(i)) continue;
      const std::span<const double> z = rows.row(i);
      const double w = rows.weight(i);
      const tempered_moments moments(z, beta);
      slopes.add(moments.mean - z[static_cast<std::size_t>(rows.label(i))], w);
      variances.add(moments.variance, w);
      total += w;
    }
    return total > 0 ? value_and_slope{slopes.value() / total, beta * variances.value() / total}
                     : value_and_slope{0, 0};
  };
  const value_and_slope at_one = slope(0);
  if (at_one.slope == 0) return 1;  // rows whose scores are all equal
  if (at_one.value >= 0)
    return slope(-farthest).value >= 0 ? std::exp(-farthest) : std::exp(rising_root(slope, -farthest, 0));
  double lower = 0;
  for (double upper = 1; upper <= farthest; lower = upper, upper = std::min(2 * upper, std::max(farthest, upper + 1)))
    if (slope(upper).value >= 0) return std::exp(rising_root(slope, lower, upper));
  return 1;
}

double tempered_probability(std::span<const double> log_scores, std::size_t label, double beta) noexcept {
  const double top = *std::max_element(log_scores.begin(), log_scores.end());
  double total = 0;
  for (const double x : log_scores) total += std::exp(beta * (x - top));
  return std::exp(beta * (log_scores[label] - top)) / total;
}

}  // namespace calibrant
