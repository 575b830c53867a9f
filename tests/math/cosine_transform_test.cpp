#include <calibrant/math/cosine_transform.hpp>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

std::vector<double> random_numbers(std::size_t count) {
  std::mt19937_64 bits(count);
  std::vector<double> x(count);
  for (double& value : x) value = std::ldexp(static_cast<double>(bits() >> 11), -52) - 1;
  return x;
}

TEST(CosineTransform, IsTheSumOfCosines) {
  for (const std::size_t n : {2, 4, 8, 64, 512}) {
    const std::vector<double> x = random_numbers(n + 1);
    std::vector<double> y = x;
    cosine_transform(n).apply(y);
    for (std::size_t k = 0; k <= n; ++k) {
      double sum = 0;
      for (std::size_t j = 0; j <= n; ++j)
        sum += x[j] * std::cos(std::numbers::pi * static_cast<double>(j * k % (2 * n)) / static_cast<double>(n));
      EXPECT_NEAR(y[k], sum, 1e-13 * static_cast<double>(n)) << n << ", " << k;
    }
  }
}

/// Applied twice, with half weight at both ends, it gives N/2 times the sequence.
TEST(CosineTransform, IsItsOwnInverse) {
  for (const std::size_t n : {2, 4096, 65536}) {
    const std::vector<double> x = random_numbers(n + 1);
    std::vector<double> y = x;
    cosine_transform transform(n);
    const auto halve_ends = [&] {
      y.front() /= 2;
      y.back() /= 2;
    };
    halve_ends();
    transform.apply(y);
    halve_ends();
    transform.apply(y);
    for (std::size_t j = 0; j <= n; ++j) ASSERT_NEAR(y[j] * 2 / static_cast<double>(n), x[j], 1e-12) << n << ", " << j;
  }
}

}  // namespace
}  // namespace calibrant
