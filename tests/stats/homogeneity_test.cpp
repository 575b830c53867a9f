// The chi-square test of two samples' shares, against numbers of another implementation and in its corner cases.
#include <calibrant/stats/homogeneity.hpp>

#include <vector>

#include <gtest/gtest.h>

namespace calibrant::testing {
namespace {

homogeneity shares(const std::vector<double>& first, const std::vector<double>& second, double scale = 1) {
  double a = 0;
  double b = 0;
  for (const double x : first) a += x;
  for (const double x : second) b += x;
  return compare_shares(first, a * scale, second, b * scale);
}

// scipy 1.17.1: chi2_contingency([[30, 50, 20], [45, 40, 35]], correction=False)
TEST(Homogeneity, AgreesWithSciPy) {
  const homogeneity result = shares({30, 50, 20}, {45, 40, 35});
  EXPECT_NEAR(*result.statistic, 6.43703703703704, 1e-9);
  EXPECT_EQ(result.freedom, 2U);
  EXPECT_NEAR(*result.p_value, 0.04001429480764793, 1e-9);
  EXPECT_NEAR(result.distance, 0.5 - 40.0 / 120, 1e-12);
}

TEST(Homogeneity, EqualSharesDoNotDiffer) {
  const homogeneity result = shares({30, 50, 20}, {60, 100, 40});
  EXPECT_NEAR(*result.statistic, 0, 1e-12);
  EXPECT_NEAR(*result.p_value, 1, 1e-6);
  EXPECT_NEAR(result.distance, 0, 1e-15);
}

TEST(Homogeneity, RareKindsShareACell) {
  // Expected are 2 + 1 + 1 rows of the last three: together 4, so the rarest of the others joins them.
  const homogeneity result = shares({50, 44, 2, 2, 2}, {50, 48, 2, 0, 0});
  EXPECT_EQ(result.freedom, 1U);
  // Of three kinds with 8 expected rows two make a cell, the third joins the next.
  EXPECT_EQ(shares({50, 44, 2, 2, 2}, {46, 44, 4, 3, 3}).freedom, 2U);
}

TEST(Homogeneity, ManyRareKindsMakeManyCells) {
  const std::vector<double> even(100, 2.0);
  EXPECT_EQ(shares(even, even).freedom, 32U) << "three kinds of 4 rows each make a cell, and the last joins one";
  std::vector<double> first(100, 0.0);
  for (std::size_t k = 0; k < 50; ++k) first[k] = 4;
  EXPECT_LT(*shares(first, even).p_value, 1e-6);
  // What joins a cell counts: with it the second sample has its 200 rows, and equal shares give 0.
  EXPECT_NEAR(*shares(even, std::vector<double>(100, 4.0)).statistic, 0, 1e-9);
}

TEST(Homogeneity, OneKindTellsNothing) {
  const homogeneity result = shares({10, 0}, {20, 0});
  EXPECT_FALSE(result.p_value);
  EXPECT_EQ(result.freedom, 0U);
  EXPECT_FALSE(shares({3, 1}, {2, 2}).p_value) << "too few rows for two cells";
}

TEST(Homogeneity, FewerEffectiveRowsTellLess) {
  EXPECT_GT(*shares({30, 50, 20}, {45, 40, 35}, 0.5).p_value, *shares({30, 50, 20}, {45, 40, 35}).p_value);
}

}  // namespace
}  // namespace calibrant::testing
