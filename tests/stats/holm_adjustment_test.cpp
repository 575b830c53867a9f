#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <calibrant/stats/holm_adjustment.hpp>

namespace calibrant::testing {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

TEST(HolmAdjustment, ByHand) {
  // Sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, and no later one below an earlier one.
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.01, 0.04, 0.03, 0.005}),
              ElementsAre(DoubleEq(0.03), DoubleEq(0.06), DoubleEq(0.06), DoubleEq(0.02)));
}

TEST(HolmAdjustment, OneTestStaysAndNothingExceedsOne) {
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.2}), ElementsAre(DoubleEq(0.2)));
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.9, 0.6, 0.9}),
              ElementsAre(DoubleEq(1.0), DoubleEq(1.0), DoubleEq(1.0)));
  EXPECT_TRUE(holm_adjusted(std::vector<double>{}).empty());
}

TEST(HolmAdjustment, TiesAreEqual) {
  EXPECT_THAT(holm_adjusted(std::vector<double>{0.02, 0.5, 0.02}),
              ElementsAre(DoubleEq(0.06), DoubleEq(0.5), DoubleEq(0.06)));
}

}  // namespace
}  // namespace calibrant::testing
