#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/peers/bin_rule.hpp>

#include "metrics/peers/detail/gap_bins.hpp"
#include "support/dataset.hpp"

namespace calibrant {
namespace {

using ::testing::ElementsAre;

std::vector<std::size_t> bins_of(const bin_rule& rule, double p) {
  std::vector<std::size_t> found;
  rule.for_each_bin(p, [&](std::size_t b) { found.push_back(b); });
  return found;
}

std::vector<std::size_t> bins_of(const bin_rule& rule, const std::vector<double>& numbers) {
  std::vector<std::size_t> found;
  for (const double p : numbers) {
    const std::vector<std::size_t> here = bins_of(rule, p);
    EXPECT_EQ(here.size(), 1U) << p;
    found.push_back(here.empty() ? 999 : here.front());
  }
  return found;
}

/// .1, .2, ..., 1 in float64, and the same rounded to float32.
const std::vector<double> tenths{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1.};
std::vector<double> float_tenths() {
  std::vector<double> rounded;
  for (const double p : tenths) rounded.push_back(static_cast<double>(static_cast<float>(p)));
  return rounded;
}

/// Error of the bins over all rows.
double l1(const bin_rule& rule, const std::vector<forecast>& rows) {
  return detail::absolute_gaps(detail::gap_bins(rule, rows)) / static_cast<double>(rows.size());
}

struct rule_case {
  std::string name;
  bin_rule (*rule)(std::size_t);
  std::vector<std::size_t> at_zero;  ///< bins of 0 with B = 10
  std::vector<std::size_t> at_one;
  std::vector<std::size_t> tenths;  ///< bins of .1 .. .9
  double small_case;                ///< p = .95, 1 with hits 1, 0 in 10 bins
  double half_case;                 ///< p = .5, .9, .2 with hits 1, 1, 0 in 2 bins
  bool float32_values = false;
};

void PrintTo(const rule_case& c, std::ostream* out) { *out << c.name; }

const double one_case_alone = .525;
const double one_case_together = .475;
const double upper_half = .8 / 3;  ///< .5 is in the upper bin
const double lower_half = .4 / 3;

const std::vector<rule_case> rules{
    {"torchmetrics", peer_bins::torchmetrics, {0}, {10}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, one_case_alone, upper_half, true},
    {"temperature_scaling",
     peer_bins::temperature_scaling,
     {},
     {9},
     {0, 1, 2, 3, 4, 5, 6, 7, 8},
     one_case_together,
     lower_half,
     true},
    {"closed_last", peer_bins::closed_last, {0}, {9}, {1, 2, 2, 4, 5, 5, 6, 8, 9}, one_case_together, upper_half},
    {"gce", peer_bins::gce, {}, {10}, {1, 2, 2, 4, 5, 5, 6, 8, 9}, one_case_alone, upper_half},
    {"upper_closed", peer_bins::upper_closed, {0}, {9}, {0, 1, 2, 3, 4, 5, 6, 7, 8}, one_case_together, lower_half},
    {"upper_closed_quotients",
     peer_bins::upper_closed_quotients,
     {0},
     {9},
     {0, 1, 2, 3, 4, 5, 6, 7, 8},
     one_case_together,
     lower_half},
    {"without_zero", peer_bins::without_zero, {}, {9}, {0, 1, 2, 3, 4, 5, 6, 7, 8}, one_case_together, lower_half},
    {"pycalib_classwise",
     peer_bins::pycalib_classwise,
     {0},
     {9},
     {0, 1, 2, 3, 4, 5, 6, 7, 8},
     one_case_together,
     lower_half},
    {"relplot", peer_bins::relplot_float64, {0}, {10}, {1, 2, 2, 4, 5, 5, 6, 8, 9}, one_case_alone, upper_half},
};

class PeerBinRule : public ::testing::TestWithParam<rule_case> {};

TEST_P(PeerBinRule, PutsEveryNumberWhereThePeerDoes) {
  const rule_case& expected = GetParam();
  const bin_rule rule = expected.rule(10);
  EXPECT_EQ(bins_of(rule, 0), expected.at_zero);
  EXPECT_EQ(bins_of(rule, 1), expected.at_one);
  const std::vector<double> numbers = expected.float32_values ? float_tenths() : tenths;
  EXPECT_EQ(bins_of(rule, {numbers.begin(), numbers.end() - 1}), expected.tenths);
}

TEST_P(PeerBinRule, ReproducesTheSmallCases) {
  const rule_case& expected = GetParam();
  EXPECT_NEAR(l1(expected.rule(10), {{.95, true}, {1, false}}), expected.small_case, 1e-15);
  EXPECT_NEAR(l1(expected.rule(2), {{.5, true}, {.9, true}, {.2, false}}), expected.half_case, 1e-15);
}

TEST_P(PeerBinRule, HoldsEveryNumberBetweenItsEdgesOnce) {
  testing::generator random(5);
  for (const std::size_t bins : {1U, 2U, 3U, 7U, 15U, 49U, 100U}) {
    const bin_rule rule = GetParam().rule(bins);
    for (int i = 0; i < 2000; ++i) {
      const double p = random.uniform();
      ASSERT_EQ(bins_of(rule, p).size(), 1U) << bins << " bins, p = " << p;
    }
  }
}

TEST_P(PeerBinRule, RefusesNoBins) {
  EXPECT_THROW((void)GetParam().rule(0), error);
  EXPECT_THROW((void)GetParam().rule(65537), error);
}

INSTANTIATE_TEST_SUITE_P(Rules, PeerBinRule, ::testing::ValuesIn(rules),
                         [](const auto& param) { return param.param.name; });

TEST(PeerBinRules, TorchmetricsComparesInFloat32) {
  // metrics.md 1.1: edges in the value's own type put .3, .6 and .7 into bins 3, 6 and 7.
  EXPECT_THAT(bins_of(peer_bins::torchmetrics(10), float_tenths()), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  // Float64 edges do not.
  EXPECT_THAT(bins_of(peer_bins::closed_last(10), float_tenths()), ElementsAre(1, 2, 3, 4, 5, 6, 6, 8, 8, 9));
  EXPECT_THAT(bins_of(peer_bins::torchmetrics_float64(10), {.3, .6, .7}), ElementsAre(2, 6, 7));
}

TEST(PeerBinRules, TorchLinspaceStartsFromBothEnds) {
  const std::vector<double> edges = peer_bins::torch_linspace_float32(10);
  for (std::size_t j = 0; j <= 10; ++j)
    EXPECT_EQ(edges[j], static_cast<double>(static_cast<float>(j) / 10.0F)) << "every tenth is met by one of the ends";
  EXPECT_EQ(peer_bins::torch_linspace_float32(1), (std::vector<double>{0, 1}));
}

TEST(PeerBinRules, RelplotDividesInTheTypeOfTheNumber) {
  testing::generator random(6);
  for (std::size_t bins = 1; bins <= 120; ++bins) {
    const bin_rule rule = peer_bins::relplot_float64(bins);
    const bin_rule of_float = peer_bins::relplot_float32(bins);
    const double width = 1.0 / static_cast<double>(bins);
    std::vector<double> numbers{0, 1};
    for (std::size_t j = 0; j <= bins; ++j)
      for (const double towards : {0.0, 2.0})
        numbers.push_back(std::clamp(std::nextafter(static_cast<double>(j) * width, towards), 0.0, 1.0));
    for (int i = 0; i < 50; ++i) numbers.push_back(random.uniform());
    for (const double p : numbers) {
      ASSERT_THAT(bins_of(rule, p), ElementsAre(static_cast<std::size_t>(p / width))) << bins << " " << p;
      const auto f = static_cast<float>(p);
      ASSERT_THAT(bins_of(of_float, static_cast<double>(f)),
                  ElementsAre(static_cast<std::size_t>(f / static_cast<float>(width))))
          << bins << " " << p;
    }
  }
}

TEST(PeerBinRules, PycalibHasAFurtherBinForSomeNumbers) {
  EXPECT_EQ(peer_bins::pycalib_confidence(15).size(), 15U);
  EXPECT_EQ(peer_bins::pycalib_confidence(49).size(), 50U);
  EXPECT_THAT(bins_of(peer_bins::pycalib_confidence(10), 0), ElementsAre(0));
  EXPECT_THAT(bins_of(peer_bins::pycalib_confidence(10), .3), ElementsAre(2));
}

TEST(PeerBinRules, PycalibCountsNumbersOnSomeEdgesTwice) {
  std::size_t twice = 0;
  std::size_t never = 0;
  for (std::size_t bins = 1; bins <= 60; ++bins) {
    const bin_rule rule = peer_bins::pycalib_confidence(bins);
    // The definition: every bin is looked at.
    for (std::size_t b = 0; b < rule.size(); ++b) {
      const double p = rule.upper(b);
      std::vector<std::size_t> expected;
      for (std::size_t each = 0; each < rule.size(); ++each)
        if (rule.lower(each) < p && p <= rule.upper(each)) expected.push_back(each);
      ASSERT_EQ(bins_of(rule, p), expected);
      twice += expected.size() == 2;
    }
    never += bins_of(rule, 1).empty();
  }
  EXPECT_GT(twice, 0U);
  EXPECT_GT(never, 0U) << "of some numbers of bins the last ends below 1";
}

TEST(PeerBinRules, MapieCountsEdges) {
  const bin_rule rule = peer_bins::mapie(15);
  EXPECT_EQ(rule.size(), 15U);
  EXPECT_THAT(bins_of(rule, 0), ElementsAre(0));
  EXPECT_THAT(bins_of(rule, std::numeric_limits<double>::denorm_min()), ElementsAre(1));
  EXPECT_THAT(bins_of(rule, 1), ElementsAre(14));
  EXPECT_THAT(bins_of(peer_bins::mapie(1), .5), ElementsAre());
  EXPECT_THAT(bins_of(peer_bins::mapie(2), .5), ElementsAre(1));
}

TEST(PeerBinRules, KullHasOneBinLessForClassesAndOneForOne) {
  const bin_rule rule = peer_bins::kull_classwise(15);
  EXPECT_EQ(rule.size(), 15U);
  EXPECT_EQ(rule.lower(1), 1.0 / 14);
  EXPECT_THAT(bins_of(rule, 0), ElementsAre(0));
  EXPECT_THAT(bins_of(rule, std::nextafter(1, 0)), ElementsAre(13));
  EXPECT_THAT(bins_of(rule, 1), ElementsAre(14));
  EXPECT_THROW((void)peer_bins::kull_classwise(1), error);
}

TEST(PeerBinRules, EdgesMustBeInOrder) {
  EXPECT_THROW(bin_rule(bin_side::lower_closed, {0, .5}, {.5}), error);
  EXPECT_THROW(bin_rule(bin_side::lower_closed, {.5, 0}, {.5, 1}), error);
}

}  // namespace
}  // namespace calibrant
