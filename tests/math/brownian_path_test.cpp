#include <calibrant/math/brownian_path.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

// Both series of each law, summed in Python 3.11 (60 terms), agree to 15 digits on these.
TEST(BrownianPath, TailsOfMaximumAndRange) {
  const double expected[][3] = {{1, 0.6292225702004761, 0.9366354120795493},
                                {1.5, 0.26721521438306106, 0.5129407542302483},
                                {2, 0.09100052384636614, 0.18149433939418735},
                                {3, 0.005399592126520303, 0.010799168467638398}};
  for (const auto& [x, maximum, range] : expected) {
    EXPECT_NEAR(brownian_maximum_tail(x), maximum, 1e-14) << x;
    EXPECT_NEAR(brownian_range_tail(x), range, 1e-14) << x;
  }
  EXPECT_EQ(brownian_maximum_tail(0), 1);
  EXPECT_EQ(brownian_range_tail(-1), 1);
  // Far out one crossing is all: 4 Q(x) and 8 Q(x), Q(30) = 4.906713927147908e-198 (scipy 1.17, norm.sf).
  EXPECT_NEAR(brownian_maximum_tail(30) / 4.906713927147908e-198, 4, 1e-9);
  EXPECT_NEAR(brownian_range_tail(30) / 4.906713927147908e-198, 8, 1e-9);
}

TEST(BrownianPath, SeriesMeetWithoutAStep) {
  for (double x = 0.2; x < 4; x += 0.01) {
    EXPECT_LE(brownian_maximum_tail(x + 0.01), brownian_maximum_tail(x)) << x;
    EXPECT_LE(brownian_range_tail(x + 0.01), brownian_range_tail(x)) << x;
    EXPECT_LE(brownian_maximum_tail(x), brownian_range_tail(x)) << x;
  }
}

TEST(BrownianPath, QuantilesInvertTheTails) {
  for (const double tail : {0.5, 0.1, 0.05, 0.01, 1e-4, 1e-12, 1e-100}) {
    EXPECT_NEAR(brownian_maximum_tail(brownian_maximum_quantile(tail)) / tail, 1, 1e-9) << tail;
    EXPECT_NEAR(brownian_range_tail(brownian_range_quantile(tail)) / tail, 1, 1e-9) << tail;
  }
  EXPECT_NEAR(brownian_maximum_quantile(0.05), 2.2414, 1e-4);
}

/// E X = integral of the tail.
TEST(BrownianPath, MeansAreIntegralsOfTheTails) {
  double maximum = 0;
  double range = 0;
  constexpr double step = 1e-3;
  for (double x = step / 2; x < 12; x += step) {
    maximum += step * brownian_maximum_tail(x);
    range += step * brownian_range_tail(x);
  }
  EXPECT_NEAR(maximum, brownian_maximum_mean(), 1e-6);
  EXPECT_NEAR(range, brownian_range_mean(), 1e-6);
}

}  // namespace
}  // namespace calibrant
