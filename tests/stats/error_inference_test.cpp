// Golden values (5,000 rows, 4 classes, 15 bins of equal width), laws and edges of the inference on binned errors.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>
#include <calibrant/stats/l2_error_inference.hpp>
#include <calibrant/stats/max_error_interval.hpp>
#include <calibrant/stats/rms_error_null.hpp>

#include "stats/test_cells.hpp"

namespace calibrant {
namespace {

using testing::cells_from;
using testing::row_weights;
using testing::weighted_row;
using cell_list = std::vector<cell_moments>;

/// The golden cells, as the first binned case of the reference table holds them.
cell_list golden_cells() {
  std::ifstream file(CALIBRANT_TESTS_DIRECTORY "/reference/intervals.csv");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("l2_squared,")) continue;
    std::istringstream in(line.substr(line.find(',') + 1));
    cell_list cells;
    cell_moments c{};
    while (in >> c.weight >> c.rows >> c.confidence >> c.accuracy >> c.residual_square >> c.bernoulli_variance)
      cells.push_back(c);
    return cells;
  }
  return {};
}

double l1_error(const cell_list& cells) {
  double sum = 0;
  for (const auto& c : cells) sum += c.weight * std::abs(c.confidence - c.accuracy);
  return sum;
}

TEST(ErrorInferenceGolden, L2) {
  const l2_error_inference t(golden_cells());
  EXPECT_NEAR(t.squared_error(), 0.008064962414, 1e-12);
  const interval combined = t.error_interval().bounds;
  EXPECT_NEAR(combined.lower, 0.0756449165, 1e-10);
  EXPECT_NEAR(combined.upper, 0.1020184858, 1e-10);
  const auto paper = t.error_interval({}, l2_interval_method::paper);
  EXPECT_NEAR(paper.bounds.lower, 0.0758415223, 1e-10);
  EXPECT_NEAR(paper.bounds.upper, 0.1018724120, 1e-10);
  EXPECT_FALSE(paper.contains_zero);
}

TEST(ErrorInferenceGolden, L1Null) {
  const auto cells = golden_cells();
  const l1_error_null null(cells);
  EXPECT_NEAR(l1_error(cells), 0.0867120764436815, 1e-12);
  EXPECT_NEAR(null.expected(), 0.0132767694, 1e-10);
  EXPECT_NEAR(null.standard_deviation(), 0.0031979866, 1e-10);
  EXPECT_NEAR(null.upper_quantile(0.05), 0.0188211321, 1e-10);
  EXPECT_NEAR(null.p_value(l1_error(cells)), 8.4e-38, 0.05e-38);
}

TEST(ErrorInferenceGolden, L1Bounds) {
  const auto cells = golden_cells();
  EXPECT_NEAR(l1_error_lower_bound(cells, 0.05), 0.0688522682, 1e-10);
  EXPECT_NEAR(l1_error_upper_bound(cells, 0.05), 0.0966000930, 1e-10);
  const interval two_sided = l1_error_interval(cells);
  EXPECT_NEAR(two_sided.lower, 0.0674691854, 1e-10);
  EXPECT_NEAR(two_sided.upper, 0.0984943767, 1e-10);
}

TEST(SingleSwitchCriticalValue, IsTabledByBinsAndPitmansOtherwise) {
  EXPECT_EQ(single_switch_critical_value(15, 0.05), 2.97);
  EXPECT_EQ(single_switch_critical_value(16, 0.05), 3.12);
  EXPECT_EQ(single_switch_critical_value(61, 1 - 0.95), 3.28) << "1 - 0.95 is not the double 0.05";
  EXPECT_EQ(single_switch_critical_value(60, 0.1), 2.88);
  EXPECT_EQ(single_switch_critical_value(1, 0.025), 3.20);
  // scipy 1.17: chi2.isf(0.0025, 3) = 14.32034709787348, chi2.isf(0.0125, 3) = 10.861302673477514
  EXPECT_NEAR(single_switch_critical_value(5, 0.01), std::sqrt(14.32034709787348), 1e-13);
  EXPECT_NEAR(single_switch_critical_value(5, 0.0500001), std::sqrt(10.861302673477514), 1e-5);
}

/// Every result, to compare two sets of cells.
std::vector<double> everything(const cell_list& cells) {
  const l2_error_inference l2(cells);
  const l1_error_null null(cells);
  const interval l2_default = l2.error_interval().bounds;
  const interval l2_paper = l2.error_interval({}, l2_interval_method::paper).bounds;
  const interval l1 = l1_error_interval(cells);
  const interval top = max_error_interval(cells);
  return {l2.squared_error(),
          l2.gap_deviation(),
          l2.null_deviation(),
          l2.p_value(),
          l2_default.lower,
          l2_default.upper,
          l2_paper.lower,
          l2_paper.upper,
          null.expected(),
          null.standard_deviation(),
          null.upper_quantile(0.05),
          null.p_value(l1_error(cells)),
          l1.lower,
          l1.upper,
          l1_error_lower_bound(cells, 0.01),
          l1_error_upper_bound(cells, 0.2),
          top.lower,
          top.upper,
          expected_rms_error(cells)};
}

void expect_same(const cell_list& a, const cell_list& b) {
  const auto x = everything(a);
  const auto y = everything(b);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-11) << "result " << i;
}

std::vector<weighted_row> random_rows(unsigned seed, std::size_t n, double slope = 0.7) {
  std::mt19937_64 bits(seed);
  const auto uniform = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
  std::vector<weighted_row> rows(n);
  for (auto& row : rows) {
    const double z = 6 * uniform() - 2;
    row = {1 / (1 + std::exp(-z)), uniform() < 1 / (1 + std::exp(-slope * z)), 0.1 + 3 * uniform()};
  }
  return rows;
}

TEST(ErrorInferenceLaws, FrequencyWeightTwoIsTheRowTwice) {
  auto rows = random_rows(1, 300);
  auto twice = rows;
  for (auto& row : rows) row.weight = 2;
  for (auto& row : twice) row.weight = 1;
  const auto copy = twice;
  twice.insert(twice.end(), copy.begin(), copy.end());
  expect_same(cells_from(rows, 15), cells_from(twice, 15));
}

TEST(ErrorInferenceLaws, ImportanceWeightsHaveNoScale) {
  auto rows = random_rows(2, 300);
  const auto before = cells_from(rows, 15, row_weights::importance);
  for (auto& row : rows) row.weight *= 1000;
  expect_same(before, cells_from(rows, 15, row_weights::importance));
}

TEST(ErrorInferenceLaws, EqualImportanceWeightsAreNoWeights) {
  auto rows = random_rows(3, 300);
  for (auto& row : rows) row.weight = 1;
  const auto plain = cells_from(rows, 15);
  for (auto& row : rows) row.weight = 0.25;
  expect_same(plain, cells_from(rows, 15, row_weights::importance));
}

TEST(ErrorInferenceLaws, UnequalImportanceWeightsWiden) {
  auto rows = random_rows(4, 2000);
  const auto uneven = l1_error_interval(cells_from(rows, 15, row_weights::importance));
  for (auto& row : rows) row.weight = 1;
  const auto even = l1_error_interval(cells_from(rows, 15));
  EXPECT_GT(uneven.upper - uneven.lower, even.upper - even.lower);
}

TEST(ErrorInferenceLaws, LevelsAreNested) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const auto cells = cells_from(random_rows(seed, 20 + 50 * seed, seed % 2 == 0 ? 0.5 : 1), 15);
    interval l1{0.5, 0.5}, l2{0.5, 0.5}, top{0.5, 0.5};
    bool first = true;
    for (double level : {0.5, 0.8, 0.93, 0.96, 0.999}) {
      const confidence_level cl(level);
      const interval next1 = l1_error_interval(cells, cl);
      const interval next2 = l2_error_inference(cells).error_interval(cl).bounds;
      const interval next3 = max_error_interval(cells, cl);
      for (const auto& [before, now] : {std::pair{l1, next1}, {l2, next2}, {top, next3}}) {
        EXPECT_LE(0, now.lower);
        EXPECT_LE(now.lower, now.upper);
        EXPECT_LE(now.upper, 1);
        if (first) continue;
        EXPECT_LE(now.lower, before.lower + 1e-15) << seed << ' ' << level;
        EXPECT_GE(now.upper, before.upper - 1e-15) << seed << ' ' << level;
      }
      l1 = next1;
      l2 = next2;
      top = next3;
      first = false;
    }
  }
}

TEST(ErrorInferenceEdges, NoCellsAreUndefined) {
  for (double x : everything({})) EXPECT_TRUE(std::isnan(x));
  EXPECT_FALSE(l2_error_inference({}).error_interval().contains_zero);
}

TEST(ErrorInferenceEdges, AlphaOutsideIsRefused) {
  const auto cells = golden_cells();
  for (double bad : {0.0, 1.0, -0.05, std::nan("")}) {
    EXPECT_THROW((void)l1_error_lower_bound(cells, bad), error);
    EXPECT_THROW((void)l1_error_upper_bound(cells, bad), error);
    EXPECT_THROW((void)l1_error_null(cells).upper_quantile(bad), error);
    EXPECT_THROW((void)single_switch_critical_value(15, bad), error);
  }
}

// All confidences 1 and all rows right: exactly calibrated, and nothing can vary under the null.
TEST(ErrorInferenceEdges, CertainAndRight) {
  const auto cells = cells_from(std::vector<weighted_row>(50, {1, true}), 15);
  const l1_error_null null(cells);
  EXPECT_EQ(null.expected(), 0);
  EXPECT_EQ(null.standard_deviation(), 0);
  EXPECT_EQ(null.upper_quantile(0.05), 0);
  EXPECT_EQ(null.p_value(0), 1);
  const l2_error_inference l2(cells);
  EXPECT_EQ(l2.squared_error(), 0);
  EXPECT_EQ(l2.p_value(), 1);
  EXPECT_EQ(l2.error_interval().bounds.lower, 0);
  EXPECT_EQ(l1_error_interval(cells).lower, 0);
  EXPECT_EQ(max_error_interval(cells).lower, 0);
  EXPECT_EQ(expected_rms_error(cells), 0);
}

// One wrong row of confidence 1 is impossible under calibration.
TEST(ErrorInferenceEdges, CertainAndOnceWrong) {
  std::vector<weighted_row> rows(50, {1, true});
  rows[7].hit = false;
  const auto cells = cells_from(rows, 15);
  EXPECT_EQ(l1_error_null(cells).p_value(l1_error(cells)), 0);
  EXPECT_EQ(l2_error_inference(cells).p_value(), 0);
  EXPECT_NEAR(l2_error_inference(cells).squared_error(), 0, 1e-16) << "(D^2 - SS) / (n - 1) = (1 - 1) / 49";
  EXPECT_GT(l1_error_interval(cells).upper, 0.02);
}

TEST(ErrorInferenceEdges, OneRowTellsNothingOfTheL2Error) {
  for (double c : {0.0, 0.3, 0.5, 0.999, 1.0})
    for (bool hit : {false, true}) {
      const auto cells = cells_from({{c, hit}}, 15);
      const l2_error_inference l2(cells);
      EXPECT_EQ(l2.error_interval().bounds, (interval{0, 1}));
      EXPECT_EQ(l2.p_value(), 1);
      for (double x : everything(cells)) EXPECT_FALSE(std::isnan(x)) << c << ' ' << hit;
    }
  // |c - a| = 1/2 whatever the label: no surprise.
  const auto half = cells_from({{0.5, true}}, 15);
  EXPECT_EQ(l1_error_null(half).expected(), 0.5);
  EXPECT_EQ(l1_error_null(half).p_value(0.5), 1);
}

TEST(ErrorInferenceEdges, ExtremeCellsStayFinite) {
  std::mt19937_64 bits(5);
  const auto uniform = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
  const double rows[] = {1e-6, 0.4, 1, 1 + 1e-12, 2, 17.5, 1e5, 1e12};
  const double confidences[] = {0, 1e-300, 1e-17, 1e-9, 0.5, 1 - 1e-9, 1 - 1e-16, 1};
  for (int trial = 0; trial < 2000; ++trial) {
    cell_list cells(1 + static_cast<std::size_t>(uniform() * 6));
    double total = 0;
    for (auto& cell : cells) {
      const double p = confidences[static_cast<std::size_t>(uniform() * 8)];
      const double a = uniform() < 0.3 ? 1 : uniform() < 0.3 ? 0 : uniform();
      cell = {1e-9 + uniform(),
              rows[static_cast<std::size_t>(uniform() * 8)],
              p,
              a,
              p * p - 2 * p * a + a + 1e-17,
              uniform() < 0.2 ? 0 : std::max(p * (1 - p), 1e-18)};
      total += cell.weight;
    }
    for (auto& cell : cells) cell.weight /= total;
    const auto results = everything(cells);
    for (std::size_t i = 0; i < results.size(); ++i) EXPECT_TRUE(std::isfinite(results[i])) << trial << ' ' << i;
  }
}

// Confidence rounded to 1 while some rows are below it: the deviation is that of its variance, not 0 or infinite.
TEST(ErrorInferenceEdges, ConfidenceRoundedToOneKeepsItsVariance) {
  const double v = 1e-17;
  const l1_error_null null(cell_list{{1, 1e6, 1, 1, v, v}});
  EXPECT_NEAR(null.expected(), 2 * v, 1e-20) << "2 n p (1-p) / n while n (1-p) is far below 1";
}

}  // namespace
}  // namespace calibrant
