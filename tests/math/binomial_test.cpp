#include <calibrant/math/binomial.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

TEST(Binomial, ProbabilitiesSumToOneAndGiveTheDeviation) {
  for (double n : {1.0, 2.0, 7.0, 40.0, 300.0})
    for (double p : {1e-6, 0.07, 0.3, 0.5}) {
      double total = 0;
      double deviation = 0;
      for (double k = 0; k <= n; ++k) {
        const double probability = binomial_probability(k, n, p);
        total += probability;
        deviation += probability * std::abs(k - n * p);
      }
      EXPECT_NEAR(total, 1, 1e-13) << n << ' ' << p;
      EXPECT_NEAR(binomial_mean_absolute_deviation(n, p), deviation, 1e-12 * std::sqrt(n)) << n << ' ' << p;
    }
}

TEST(Binomial, DeviationIsSymmetricAndHasItsLimits) {
  EXPECT_EQ(binomial_mean_absolute_deviation(10, 0.25), binomial_mean_absolute_deviation(10, 0.75));
  EXPECT_EQ(binomial_mean_absolute_deviation(10, 0), 0);
  EXPECT_EQ(binomial_mean_absolute_deviation(10, 1), 0);
  EXPECT_EQ(binomial_mean_absolute_deviation(0, 0.5), 0);
  EXPECT_DOUBLE_EQ(binomial_mean_absolute_deviation(1, 0.3), 2 * 0.3 * 0.7);
  // E |Z| sqrt(n p q) for many rows
  EXPECT_NEAR(binomial_mean_absolute_deviation(1e12, 0.5) / (std::sqrt(2 / std::acos(-1.0)) * 0.5e6), 1, 1e-12);
}

TEST(Binomial, DeviationOfFractionalRowsIsBetweenItsNeighboursAndBelowTheStandardDeviation) {
  EXPECT_DOUBLE_EQ(binomial_mean_absolute_deviation(2.25, 0.4),
                   0.75 * binomial_mean_absolute_deviation(2, 0.4) + 0.25 * binomial_mean_absolute_deviation(3, 0.4));
  for (double n = 0.05; n < 12; n += 0.05)
    for (double p = 0.005; p < 1; p += 0.005)
      EXPECT_LE(binomial_mean_absolute_deviation(n, p), std::sqrt(n * p * (1 - p)) * (1 + 1e-12)) << n << ' ' << p;
}

}  // namespace
}  // namespace calibrant
