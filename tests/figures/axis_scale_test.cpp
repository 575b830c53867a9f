#include <calibrant/figures/axis_scale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace calibrant {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> labels(const axis_scale& scale, int wanted) {
  std::vector<std::string> text;
  for (const axis_tick& tick : scale.ticks(wanted)) text.push_back(tick.label);
  return text;
}

TEST(AxisScale, PlacesNumbersBetweenItsEnds) {
  const axis_scale across = axis_scale::linear(0, 2, 10, 110);
  EXPECT_EQ(across(0), 10);
  EXPECT_EQ(across(0.5), 35);
  EXPECT_EQ(across(2), 110);
  const axis_scale up = axis_scale::linear(0, 1, 200, 100);
  EXPECT_EQ(up(0), 200);
  EXPECT_EQ(up(1), 100);
  const axis_scale powers = axis_scale::logarithmic(1, 1000, 0, 300);
  EXPECT_NEAR(powers(10), 100, 1e-9);
}

TEST(AxisScale, TicksAreRoundNumbers) {
  EXPECT_THAT(labels(axis_scale::linear(0, 1, 0, 100), 5), ElementsAre("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(labels(axis_scale::linear(0, 1, 0, 100), 2), ElementsAre("0.0", "0.5", "1.0"));
  EXPECT_THAT(labels(axis_scale::linear(-0.3, 0.3, 0, 100), 6),
              ElementsAre("-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"));
  EXPECT_THAT(labels(axis_scale::linear(0, 226, 0, 100), 2), ElementsAre("0", "200"));
  EXPECT_THAT(labels(axis_scale::linear(0, 5e6, 0, 100), 3), ElementsAre("0", "2M", "4M"));
}

TEST(AxisScale, TicksOfSharesAreTheDecimalNumbersThemselves) {
  const std::vector<axis_tick> ticks = axis_scale::linear(0, 1, 0, 100).ticks(5);
  EXPECT_EQ(ticks[3].value, 0.6) << "3 * 0.2 is not 0.6";
}

TEST(AxisScale, LogarithmicTicks) {
  EXPECT_THAT(labels(axis_scale::logarithmic(2, 100, 0, 100), 6), ElementsAre("2", "5", "10", "20", "50", "100"));
  EXPECT_THAT(labels(axis_scale::logarithmic(1, 1e6, 0, 100), 5),
              ElementsAre("1", "10", "100", "1,000", "10k", "100k", "1M"));
  EXPECT_THAT(labels(axis_scale::logarithmic(180, 213, 0, 100), 5), ElementsAre("180", "190", "200", "210"))
      << "less than a decade";
  EXPECT_LE(labels(axis_scale::logarithmic(1, 1e18, 0, 100), 4).size(), 9U);
}

TEST(AxisScale, TicksAreNeverMoreThanTwiceAsManyAsWanted) {
  for (double highest = 0.0013; highest < 1e9; highest *= 1.37)
    for (const int wanted : {2, 3, 5, 8}) {
      const std::vector<axis_tick> ticks = axis_scale::linear(0, highest, 0, 1).ticks(wanted);
      EXPECT_GE(ticks.size(), 2U) << highest;
      EXPECT_LE(ticks.size(), 2U * static_cast<std::size_t>(wanted) + 1) << highest;
    }
}

TEST(AxisScale, NiceSteps) {
  EXPECT_EQ(nice_step(1), 1);
  EXPECT_EQ(nice_step(1.1), 2);
  EXPECT_EQ(nice_step(3), 5);
  EXPECT_EQ(nice_step(7), 10);
  EXPECT_NEAR(nice_step(0.0021), 0.005, 1e-15);
}

TEST(AxisScale, CountsEndAtARoundNumber) {
  EXPECT_EQ(axis_scale::counts(226, 0, 1).highest(), 300);
  EXPECT_EQ(axis_scale::counts(1, 0, 1).highest(), 1);
  EXPECT_EQ(axis_scale::counts(0, 0, 1).highest(), 1) << "without rows there is an axis all the same";
}

TEST(AxisScale, ARangeThatIsAPointIsWidened) {
  EXPECT_EQ(axis_scale::linear(3, 3, 0, 1).highest(), 4);
  const axis_scale one = axis_scale::logarithmic(7, 7, 0, 1);
  EXPECT_LT(one.lowest(), 7);
  EXPECT_GT(one.highest(), 7);
  EXPECT_THAT(one.ticks(5), ::testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace calibrant
