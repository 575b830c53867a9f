#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/math/binomial.hpp>
#include <calibrant/stats/consistency_interval.hpp>
#include <cmath>

namespace calibrant {
namespace {

/// P(X < k) and P(X > k), added up.
double below(int k, int n, double p) {
  double sum = 0;
  for (int i = 0; i < k; ++i) sum += p <= 0.5 ? binomial_probability(i, n, p) : binomial_probability(n - i, n, 1 - p);
  return sum;
}
double above(int k, int n, double p) { return below(n - k, n, 1 - p); }

TEST(ConsistencyInterval, IsTheSmallestRangeThatLeavesHalfOfAlphaOnEachSide) {
  for (const int n : {1, 2, 5, 20, 137})
    for (const double p : {0.01, 0.3, 0.5, 0.77, 0.999}) {
      const interval range = consistency_interval(p, n);
      const int low = static_cast<int>(std::lround(range.lower * n));
      const int high = static_cast<int>(std::lround(range.upper * n));
      EXPECT_LE(below(low, n, p), 0.025) << n << " " << p;
      EXPECT_GT(below(low + 1, n, p), 0.025) << n << " " << p;
      EXPECT_LE(above(high, n, p), 0.025) << n << " " << p;
      EXPECT_GT(high == 0 ? 1 : above(high - 1, n, p), 0.025) << n << " " << p;
    }
}

TEST(ConsistencyInterval, CertainForecastsHaveNoWidth) {
  EXPECT_EQ(consistency_interval(0, 10), (interval{0, 0}));
  EXPECT_EQ(consistency_interval(1, 10), (interval{1, 1}));
}

TEST(ConsistencyInterval, ManyRowsAreQuickAndNarrow) {
  const interval range = consistency_interval(0.3, 1e12);
  EXPECT_NEAR(range.lower, 0.3, 2e-6);
  EXPECT_NEAR(range.upper, 0.3, 2e-6);
  EXPECT_LT(range.lower, 0.3);
  EXPECT_GT(range.upper, 0.3);
}

TEST(ConsistencyInterval, RefusesWhatIsNoProbability) {
  EXPECT_THROW((void)consistency_interval(1.1, 10), error);
  EXPECT_THROW((void)consistency_interval(0.5, 0), error);
}

}  // namespace
}  // namespace calibrant
