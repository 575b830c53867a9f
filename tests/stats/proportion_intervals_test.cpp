#include <cmath>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/math/binomial.hpp>
#include <calibrant/stats/clopper_pearson.hpp>
#include <calibrant/stats/normal_mean.hpp>
#include <calibrant/stats/wilson.hpp>

namespace calibrant {
namespace {

TEST(ConfidenceLevel, IsBetweenZeroAndOne) {
  EXPECT_EQ(confidence_level().level(), 0.95);
  EXPECT_DOUBLE_EQ(confidence_level(0.9).alpha(), 0.1);
  for (double bad : {0.0, 1.0, 95.0, -0.1, std::nan("")}) {
    try {
      (void)confidence_level(bad);
      ADD_FAILURE() << bad;
    } catch (const error& e) {
      EXPECT_EQ(e.code(), error_code::invalid_argument);
    }
  }
}

TEST(ClopperPearson, EndsAreKnownAtNoneAndAll) {
  // With x = 0 the upper end solves (1 - q)^n = alpha / 2.
  const interval none = clopper_pearson(0, 20);
  EXPECT_EQ(none.lower, 0);
  EXPECT_NEAR(none.upper, 1 - std::pow(0.025, 1.0 / 20), 1e-14);
  const interval all = clopper_pearson(20, 20);
  EXPECT_NEAR(all.lower, std::pow(0.025, 1.0 / 20), 1e-14);
  EXPECT_EQ(all.upper, 1);
  EXPECT_EQ(clopper_pearson(0, 0), (interval{0, 1}));
}

TEST(ClopperPearson, ComparisonsShareAlpha) {
  const interval shared = clopper_pearson(3, 10, confidence_level(0.95), 5);
  const interval single = clopper_pearson(3, 10, confidence_level(0.99));
  EXPECT_NEAR(shared.lower, single.lower, 1e-14);
  EXPECT_NEAR(shared.upper, single.upper, 1e-14);
  EXPECT_LT(clopper_pearson(3, 10, {}, 15).lower, clopper_pearson(3, 10).lower);
  EXPECT_GT(clopper_pearson(3, 10, {}, 15).upper, clopper_pearson(3, 10).upper);
}

TEST(ClopperPearson, CoversItsLevelForEveryProportion) {
  for (double n : {1.0, 5.0, 30.0})
    for (double q = 0.01; q <= 0.5; q += 0.01) {
      double exact = 0;
      for (double x = 0; x <= n; ++x) {
        const auto [low, high] = clopper_pearson(x, n);
        if (low <= q && q <= high) exact += binomial_probability(x, n, q);
      }
      EXPECT_GE(exact, 0.95 - 1e-12) << n << ' ' << q;
    }
}

TEST(Wilson, SolvesTheScoreEquation) {
  const double z = 1.959963984540054;
  for (double x : {0.0, 3.0, 7.5, 10.0}) {
    const auto [low, high] = wilson(x, 10);
    for (double q : {low, high}) EXPECT_NEAR(std::pow(q - x / 10, 2), z * z * q * (1 - q) / 10, 1e-14) << x;
    EXPECT_LE(low, x / 10);
    EXPECT_GE(high, x / 10);
  }
  EXPECT_EQ(wilson(0, 10).lower, 0);
  EXPECT_EQ(wilson(10, 10).upper, 1);
  EXPECT_EQ(wilson(0, 0), (interval{0, 1}));
}

TEST(ProportionIntervals, RefuseImpossibleCounts) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (auto [x, n] :
       {std::pair{-1.0, 5.0}, {6.0, 5.0}, {1.0, -1.0}, {std::nan(""), 5.0}, {1.0, std::nan("")}, {1.0, infinity}}) {
    EXPECT_THROW((void)clopper_pearson(x, n), error) << x << ' ' << n;
    EXPECT_THROW((void)wilson(x, n), error) << x << ' ' << n;
  }
  EXPECT_THROW((void)clopper_pearson(1, 5, {}, 0), error);
  // A weighted sum may exceed its total by rounding.
  EXPECT_EQ(clopper_pearson(5 + 1e-14, 5).upper, 1);
}

TEST(NormalMean, IntervalAndTestAgree) {
  const auto [low, high] = normal_mean_interval(2, 0.5, confidence_level(0.95));
  EXPECT_NEAR(low, 2 - 0.5 * 1.959963984540054, 1e-14);
  EXPECT_NEAR(high, 2 + 0.5 * 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_mean_p_value(2, low, 0.5), 0.05, 1e-14);
  EXPECT_NEAR(normal_mean_p_value(2, high, 0.5), 0.05, 1e-14);
  EXPECT_EQ(normal_mean_p_value(2, 2, 0.5), 1);
}

TEST(NormalMean, WithoutVarianceOnlyEqualityIsPossible) {
  EXPECT_EQ(normal_mean_interval(0.3, 0), (interval{0.3, 0.3}));
  EXPECT_EQ(normal_mean_p_value(0.3, 0.3 + 1e-15, 0), 1);
  EXPECT_EQ(normal_mean_p_value(0.3, 0.31, 0), 0);
  EXPECT_TRUE(std::isnan(normal_mean_p_value(std::nan(""), 0, 1)));
  EXPECT_TRUE(std::isnan(normal_mean_p_value(0, 0, std::nan(""))));
}

TEST(ClopperPearson, AnyNumberOfTrialsIsQuick) {
  const interval most = clopper_pearson(0x1p40 / 4, 0x1p40);
  for (const double n : {0x1p41, 1e18, 1e60, 1e300}) {
    const interval got = clopper_pearson(n / 4, n);
    EXPECT_NEAR(got.lower, most.lower, 1e-12) << n;
    EXPECT_NEAR(got.upper, most.upper, 1e-12) << n;
    EXPECT_EQ(clopper_pearson(0, n).lower, 0) << n;
    EXPECT_LT(clopper_pearson(0, n).upper, 1e-11) << n;
    EXPECT_EQ(clopper_pearson(n, n).upper, 1) << n;
  }
  const interval exact = clopper_pearson(1e12 / 4, 1e12);
  EXPECT_LT(most.lower, exact.upper);
  EXPECT_NEAR(most.upper - most.lower, exact.upper - exact.lower, 1e-6);
}

}  // namespace
}  // namespace calibrant
