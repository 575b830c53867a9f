#include <calibrant/math/brownian_path.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <calibrant/math/normal.hpp>
#include <calibrant/math/root_finding.hpp>

namespace calibrant {
namespace {

constexpr double pi = std::numbers::pi;
/// Where the series of the tail and of its complement change places: both have converged and neither cancels.
constexpr double middle = 1.5;

/// The x at which a decreasing tail takes a value. Logarithms, so that a small tail is found as precisely.
double quantile(double (*tail_of)(double) noexcept, double tail) {
  return bracketed_root([=](double x) { return std::log(tail_of(x)) - std::log(tail); }, 0.05, 36.0);
}

}  // namespace

// Both laws have two series: one from reflecting the path at two walls, which converges fast for large x, and its
// theta-function dual, which converges fast for small x.

double brownian_maximum_tail(double x) noexcept {
  if (!(x > 0)) return 1;
  if (x > middle) {  // 4 sum_k (-1)^k Q((2k+1) x), Q the normal tail
    double tail = 0;
    for (int k = 0; k < 8; ++k) tail += (k % 2 == 0 ? 4 : -4) * normal_upper_tail((2 * k + 1) * x);
    return std::min(tail, 1.0);
  }
  double inside = 0;  // (4/pi) sum_k (-1)^k / (2k+1) exp(-(2k+1)^2 pi^2 / (8 x^2))
  for (int k = 0; k < 8; ++k) {
    const double odd = 2 * k + 1;
    inside += (k % 2 == 0 ? 1 : -1) / odd * std::exp(-odd * odd * pi * pi / (8 * x * x));
  }
  return std::clamp(1 - 4 / pi * inside, 0.0, 1.0);
}

double brownian_range_tail(double x) noexcept {
  if (!(x > 0)) return 1;
  if (x > middle) {  // 8 sum_k (-1)^(k-1) k Q(k x), the integral of Feller's density
    double tail = 0;
    for (int k = 1; k < 12; ++k) tail += (k % 2 == 1 ? 8 : -8) * k * normal_upper_tail(k * x);
    return std::clamp(tail, 0.0, 1.0);
  }
  double inside = 0;  // sum_k (8/x^2 + 2/a_k) exp(-2 a_k / x^2), a_k = ((2k+1) pi / 2)^2
  for (int k = 0; k < 8; ++k) {
    const double root = (2 * k + 1) * pi / 2;
    inside += (8 / (x * x) + 2 / (root * root)) * std::exp(-2 * root * root / (x * x));
  }
  return std::clamp(1 - inside, 0.0, 1.0);
}

double brownian_maximum_quantile(double tail) { return quantile(brownian_maximum_tail, tail); }
double brownian_range_quantile(double tail) { return quantile(brownian_range_tail, tail); }
double brownian_maximum_mean() noexcept { return std::sqrt(pi / 2); }
double brownian_range_mean() noexcept { return std::sqrt(8 / pi); }

}  // namespace calibrant
