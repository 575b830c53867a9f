#include <calibrant/math/normal.hpp>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

// Values: mpmath 1.3, 40 digits, erfc(z / sqrt 2) / 2.
TEST(Normal, UpperTailKeepsItsRelativeAccuracy) {
  EXPECT_DOUBLE_EQ(normal_upper_tail(0), 0.5);
  EXPECT_NEAR(normal_upper_tail(1) / 0.15865525393145705, 1, 1e-14);
  EXPECT_NEAR(normal_upper_tail(5) / 2.8665157187919391e-7, 1, 1e-14);
  EXPECT_NEAR(normal_upper_tail(30) / 4.9067139271481871e-198, 1, 1e-12);
  EXPECT_NEAR(normal_cdf(-5) / 2.8665157187919391e-7, 1, 1e-14);
}

TEST(Normal, QuantilesInvertTheDistribution) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_upper_quantile(0.05), 1.6448536269514727, 1e-14);
  for (double tail : {1e-300, 1e-20, 1e-5, 0.3, 0.5, 0.9}) {
    EXPECT_NEAR(normal_upper_tail(normal_upper_quantile(tail)) / tail, 1, 1e-12) << tail;
    EXPECT_EQ(normal_quantile(tail), -normal_upper_quantile(tail));
  }
}

TEST(Normal, EndsAreInfiniteAndOutsideIsUndefined) {
  EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(std::nan(""))));
}

TEST(Normal, DensityIsTheDerivative) {
  const double h = 1e-5;
  for (double z : {-3.0, -0.4, 0.0, 2.0})
    EXPECT_NEAR(normal_density(z), (normal_cdf(z + h) - normal_cdf(z - h)) / (2 * h), 1e-10);
}

}  // namespace
}  // namespace calibrant
