#include <calibrant/math/incomplete_beta.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

TEST(IncompleteBeta, HasItsClosedForms) {
  for (double p : {1e-12, 0.025, 0.5, 0.999}) {
    EXPECT_NEAR(beta_quantile(p, 1, 1), p, 1e-15);
    EXPECT_NEAR(beta_quantile(p, 7, 1), std::pow(p, 1.0 / 7), 1e-14);
    EXPECT_NEAR(beta_upper_quantile(p, 1, 7), -std::expm1(std::log(p) / 7), 1e-14);
  }
  EXPECT_NEAR(beta_cdf(0.3, 2, 2), 0.3 * 0.3 * (3 - 2 * 0.3), 1e-15);
}

TEST(IncompleteBeta, QuantilesInvertTheDistribution) {
  for (double a : {0.3, 5.0, 1000.0})
    for (double b : {0.5, 40.0, 1e5})
      for (double p : {1e-8, 0.025, 0.975}) {
        EXPECT_NEAR(beta_cdf(beta_quantile(p, a, b), a, b) / p, 1, 1e-11) << a << ' ' << b << ' ' << p;
        EXPECT_NEAR(beta_cdf(beta_upper_quantile(1 - p, a, b), a, b) / p, 1, 1e-7) << a << ' ' << b << ' ' << p;
      }
}

TEST(IncompleteBeta, IsAStepOutsideItsSupport) {
  EXPECT_EQ(beta_cdf(-0.1, 2, 3), 0);
  EXPECT_EQ(beta_cdf(0, 2, 3), 0);
  EXPECT_EQ(beta_cdf(1, 2, 3), 1);
  EXPECT_EQ(beta_cdf(1.1, 2, 3), 1);
}

}  // namespace
}  // namespace calibrant
