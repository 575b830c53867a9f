#include <calibrant/math/root_finding.hpp>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

TEST(RootFinding, FindsARootToItsLastBits) {
  EXPECT_NEAR(bracketed_root([](double x) { return x * x - 2; }, 0, 2), std::sqrt(2.0), 4e-16);
  EXPECT_NEAR(bracketed_root([](double x) { return 1e-9 - x; }, 0, 1e6), 1e-9, 1e-23);
}

TEST(RootFinding, AcceptsARootAtAnEnd) {
  EXPECT_EQ(bracketed_root([](double x) { return x - 1; }, 1, 5), 1);
  EXPECT_EQ(bracketed_root([](double x) { return x - 5; }, 1, 5), 5);
}

TEST(RootFinding, RefusesABracketWithoutASignChange) {
  const auto code = [](auto function, double a, double b) {
    try {
      (void)bracketed_root(function, a, b);
    } catch (const error& e) {
      return e.code();
    }
    return error_code::internal;
  };
  EXPECT_EQ(code([](double x) { return x * x + 1; }, -1, 1), error_code::invalid_argument);
  EXPECT_EQ(code([](double x) { return x; }, 1, -1), error_code::invalid_argument);
  EXPECT_EQ(code([](double) { return std::numeric_limits<double>::quiet_NaN(); }, 0, 1), error_code::invalid_argument);
}

TEST(RootFinding, RisingRootIsTheZero) {
  int evaluations = 0;
  const auto square_less_two = [&](double x) -> value_and_slope {
    ++evaluations;
    return {x * x - 2, 2 * x};
  };
  EXPECT_NEAR(rising_root(square_less_two, 0, 2), std::sqrt(2.0), 4e-16);
  EXPECT_LE(evaluations, 7);
  // Where Newton alone would leave the bracket or creep: a step whose slope vanishes away from the zero.
  const auto step = [](double x) -> value_and_slope {
    return {std::tanh(50 * (x - 0.3)), 50 / (std::cosh(50 * (x - 0.3)) * std::cosh(50 * (x - 0.3)))};
  };
  EXPECT_NEAR(rising_root(step, 0, 10), 0.3, 1e-15);
  EXPECT_EQ(rising_root([](double x) -> value_and_slope { return {x - 5, 1}; }, 1, 5), 5);
  EXPECT_NEAR(rising_root([](double x) -> value_and_slope { return {x - 1e-9, 1}; }, 0, 1e6), 1e-9, 1e-23);
}

}  // namespace
}  // namespace calibrant
