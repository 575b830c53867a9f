#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "metrics/peers/detail/equal_mass.hpp"
#include "support/dataset.hpp"

namespace calibrant::detail {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

std::vector<forecast> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<forecast> all;
  for (const double value : values) all.push_back({value, false});
  return all;
}

/// The package's edges: every upper one, of which the last is 1.
std::vector<double> uppers(const bin_rule& rule) {
  std::vector<double> edges;
  for (std::size_t b = 0; b + 1 < rule.size(); ++b) edges.push_back(rule.upper(b));
  edges.push_back(1);
  return edges;
}

std::vector<double> chunk_edges(const std::vector<double>& values, std::size_t bins) {
  return uppers(chunk_midpoints(sorted(values), bins, peer_number::float64));
}

// uncertainty-calibration, util_test.py, get_equal_bins.
TEST(ChunkMidpoints, AreThoseOfItsSuite) {
  const std::vector<double> six{.3, .5, .2, .3, .5, .7};
  EXPECT_THAT(chunk_edges(six, 1), ElementsAre(1));
  EXPECT_THAT(chunk_edges(six, 2), ElementsAre(.4, 1));
  EXPECT_THAT(chunk_edges(six, 3), ElementsAre(.3, .5, 1));
  EXPECT_THAT(chunk_edges({.3, .5, 1, 1, 1, 1}, 3), ElementsAre(.75, 1));
  EXPECT_THAT(chunk_edges({.3, .4, .5, .6, .7, .8, .9}, 3), ElementsAre(DoubleEq(.55), DoubleEq(.75), 1));
  EXPECT_THAT(chunk_edges({.3}, 2), ElementsAre(1));
  EXPECT_THAT(chunk_edges({.3}, 5), ElementsAre(1));
  EXPECT_THAT(chunk_edges({.3, .5}, 5), ElementsAre(.4, 1));
  for (std::size_t n = 1; n < 10; ++n) EXPECT_THAT(chunk_edges(std::vector<double>(n, .5), 1), ElementsAre(1));
}

TEST(ChunkMidpoints, RoundHalvesOfFloat32) {
  const float low = .1F;
  const float high = std::nextafter(low, 1.0F);
  const std::vector<double> values{static_cast<double>(low), static_cast<double>(high)};
  const double wide = chunk_midpoints(sorted(values), 2, peer_number::float64).upper(0);
  const double narrow = chunk_midpoints(sorted(values), 2, peer_number::float32).upper(0);
  EXPECT_GT(wide, values[0]);
  EXPECT_LT(wide, values[1]);
  EXPECT_TRUE(narrow == values[0] || narrow == values[1]);
}

// The same suite, get_discrete_bins and enough_duplicates.
TEST(DistinctValues, AreThoseOfItsSuite) {
  EXPECT_THAT(uppers(distinct_values(sorted({.3, .5, .2, .3, .5, .7}), peer_number::float64)),
              ElementsAre(.25, .4, .6, 1));
  EXPECT_EQ(count_distinct(sorted({.1, .3, .5})), 3U);
  EXPECT_EQ(count_distinct(sorted({.1, .1, .1, .1, .6, .6, .6, .6, .6})), 2U);
  EXPECT_EQ(count_distinct({}), 0U);
}

// uncertainty-metrics, general_calibration_error_test.py, get_adaptive_bins: 500 values in 1 to 49 and 495 to 504 bins.
TEST(RankedValues, HaveSimilarSizes) {
  testing::generator random(7);
  std::vector<double> values;
  for (int i = 0; i < 500; ++i) values.push_back(random.uniform());
  const std::vector<forecast> rows = sorted(values);
  for (std::size_t bins = 1; bins < 505; bins = bins == 49 ? 495 : bins + 1) {
    const bin_rule rule = ranked_values(rows, bins);
    EXPECT_EQ(rule.size(), bins);
    std::vector<std::size_t> counts(bins);
    for (const forecast& f : rows) rule.for_each_bin(f.value, [&](std::size_t b) { ++counts[b]; });
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    EXPECT_LE(*most - *least, 1U) << bins;
  }
}

TEST(RankedValues, RoundHalfToEven) {
  // n = 5, B = 2: rank 2.5 is 2; n = 3, B = 2: rank 1.5 is 2.
  EXPECT_EQ(ranked_values(sorted({.1, .2, .3, .4, .5}), 2).lower(1), .3);
  EXPECT_EQ(ranked_values(sorted({.1, .2, .3}), 2).lower(1), .3);
}

TEST(Quantiles, AreLinear) {
  EXPECT_THAT(quantiles(sorted({.1, .2, .4}), 4), ElementsAre(0, DoubleEq(.15), .2, DoubleEq(.3), 1));
  EXPECT_THAT(quantiles(sorted({.1, .1, .1}), 4), ElementsAre());
}

}  // namespace
}  // namespace calibrant::detail
