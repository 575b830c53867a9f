#include <calibrant/math/minimize.hpp>

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

/// sum_i scale_i (x_i - i)^2 / 2 + c
double bowl(std::span<const double> x, std::span<double> gradient) {
  double value = 3;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double scale = std::pow(10.0, static_cast<double>(i % 5));
    const double off = x[i] - static_cast<double>(i);
    value += scale * off * off / 2;
    gradient[i] = scale * off;
  }
  return value;
}

curvature bowl_curvature(std::size_t d) {
  curvature near;
  for (std::size_t i = 0; i < d; ++i) near.numbers.push_back(std::pow(10.0, static_cast<double>(i % 5)));
  return near;
}

TEST(Minimize, FindsTheBottomWithoutAnyCurvature) {
  const minimum found = minimize(bowl, std::vector<double>(12, 0.5), {.gradient_tolerance = 1e-5});
  EXPECT_TRUE(found.converged) << found.gradient;
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(found.point[i], static_cast<double>(i), 1e-6);
  EXPECT_NEAR(found.value, 3, 1e-12);
}

TEST(Minimize, TheTrueCurvatureNeedsTwoEvaluations) {
  const auto diagonal = [](std::span<const double> x) { return bowl_curvature(x.size()); };
  const minimum found = minimize(bowl, std::vector<double>(12, 0.5), {.gradient_tolerance = 1e-6}, diagonal);
  EXPECT_TRUE(found.converged);
  EXPECT_LE(found.evaluations, 3U);
  const auto matrix = [](std::span<const double> x) {
    const std::size_t d = x.size();
    const curvature entries = bowl_curvature(d);
    curvature near{std::vector<double>(d * d, 0.0)};
    for (std::size_t i = 0; i < d; ++i) near.numbers[i * d + i] = entries.numbers[i];
    return near;
  };
  const minimum dense = minimize(bowl, std::vector<double>(12, 0.5), {.gradient_tolerance = 1e-6}, matrix);
  EXPECT_TRUE(dense.converged);
  EXPECT_LE(dense.evaluations, 3U);
}

/// The bowl with (r . (x - i))^2 / 2 for each half of the entries.
TEST(Minimize, TheTrueCurvatureOfGroupsNeedsTwoEvaluations) {
  curvature near = bowl_curvature(12);
  for (std::size_t i = 0; i < 12; ++i) {
    near.pulls.push_back(100.0 + static_cast<double>(i));
    near.groups.push_back(i % 2);
  }
  const auto tied_bowl = [&](std::span<const double> x, std::span<double> gradient) {
    double value = bowl(x, gradient);
    double along[2] = {};
    for (std::size_t i = 0; i < x.size(); ++i) along[i % 2] += near.pulls[i] * (x[i] - static_cast<double>(i));
    for (std::size_t i = 0; i < x.size(); ++i) gradient[i] += along[i % 2] * near.pulls[i];
    return value + (along[0] * along[0] + along[1] * along[1]) / 2;
  };
  const minimum found = minimize(tied_bowl, std::vector<double>(12, 0.5), {.gradient_tolerance = 1e-5},
                                 [&](std::span<const double>) { return near; });
  EXPECT_TRUE(found.converged) << found.gradient;
  EXPECT_LE(found.evaluations, 3U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(found.point[i], static_cast<double>(i), 1e-5);
}

TEST(Minimize, GoesOnByTheGradientWhereRoundingHidesTheDescent) {
  // The value is blurred to 1e-9, so that no descent below 1e-5 in x can be seen in it.
  const auto blurred = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = x[0] - 2;
    return std::round((x[0] - 2) * (x[0] - 2) / 2 * 1e9) / 1e9 + 1;
  };
  const auto unit = [](std::span<const double>) { return curvature{{1.5}}; };  // not quite right
  const minimum found = minimize(blurred, {7.0}, {.gradient_tolerance = 1e-12}, unit);
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.point[0], 2, 1e-12);
}

TEST(Minimize, SaysWhereItDidNotConverge) {
  const auto falling = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = -std::exp(-x[0] * 1e-3);
    return 1e3 * std::exp(-x[0] * 1e-3);
  };
  const minimum found = minimize(falling, {0.0}, {.gradient_tolerance = 1e-12, .iterations = 3});
  EXPECT_FALSE(found.converged);
  EXPECT_GT(found.point[0], 0);
  EXPECT_GT(found.gradient, 1e-12);
}

}  // namespace
}  // namespace calibrant
