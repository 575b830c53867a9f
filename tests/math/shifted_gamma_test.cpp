#include <calibrant/math/shifted_gamma.hpp>

#include <cmath>

#include <gtest/gtest.h>

#include <calibrant/math/normal.hpp>

namespace calibrant {
namespace {

// Chi-square with k degrees of freedom has moments k, 2k, 8k. With 2 degrees it is exponential: P(X > x) = exp(-x/2).
TEST(ShiftedGamma, IsExponentialWithTheMomentsOfOne) {
  const shifted_gamma exponential{2, 4, 16};
  for (double x : {0.1, 1.0, 20.0, 600.0}) {
    EXPECT_NEAR(exponential.upper_tail(x) / std::exp(-x / 2), 1, 1e-12) << x;
    EXPECT_NEAR(exponential.cdf(x), -std::expm1(-x / 2), 1e-15);
  }
  EXPECT_NEAR(exponential.quantile(0.5), 2 * std::log(2), 1e-14);
  EXPECT_NEAR(exponential.upper_quantile(1e-30), 60 * std::log(10), 1e-11);
}

TEST(ShiftedGamma, EndsAtItsLowerLimit) {
  const shifted_gamma exponential{2, 4, 16};
  EXPECT_EQ(exponential.upper_tail(-1e-9), 1);
  EXPECT_EQ(exponential.cdf(-1e-9), 0);
}

TEST(ShiftedGamma, TendsToTheNormalWithoutAJump) {
  for (double third : {0.0, 0.9999e-5, 1.0001e-5}) {  // the last two lie on either side of the switch of formula
    const shifted_gamma g{1, 1, third};
    EXPECT_NEAR(g.upper_tail(4), normal_upper_tail(3), 1e-7);
    EXPECT_NEAR(g.quantile(0.9), 1 + normal_quantile(0.9), 1e-5);
  }
  const shifted_gamma below{0, 1, 0.999999e-5};
  const shifted_gamma above{0, 1, 1.000001e-5};
  EXPECT_NEAR(below.upper_tail(8) / above.upper_tail(8), 1, 1e-6);
  EXPECT_NEAR(below.quantile(0.999), above.quantile(0.999), 1e-9);
}

TEST(ShiftedGamma, IsAPointMassWithoutVariance) {
  const shifted_gamma g{0.25, 0, 0};
  EXPECT_EQ(g.upper_tail(0.25), 1);
  EXPECT_EQ(g.upper_tail(0.26), 0);
  EXPECT_EQ(g.cdf(0.24), 0);
  EXPECT_EQ(g.cdf(0.25), 1);
  EXPECT_EQ(g.quantile(0.01), 0.25);
  EXPECT_EQ((shifted_gamma{0.25, 1e-300, 1}).upper_quantile(0.01), 0.25);
}

TEST(ShiftedGamma, ADeviationNextToNothingIsFarFromEverything) {
  const shifted_gamma narrow{.mean = 0, .variance = 1e-312, .third_moment = 0};
  EXPECT_EQ(narrow.upper_tail(0.5), 0);
  EXPECT_EQ(narrow.upper_tail(-0.5), 1);
  EXPECT_EQ(narrow.cdf(0.5), 1);
  EXPECT_EQ(narrow.cdf(-0.5), 0);
}

}  // namespace
}  // namespace calibrant
