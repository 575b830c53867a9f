// Bins of equal mass against numpy.array_split written out over rows.
#include <calibrant/stats/equal_mass_bins.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

struct rows {
  std::vector<double> value;
  std::vector<double> hit;
};

rows random_rows(std::size_t n, std::uint64_t seed, std::uint64_t levels) {
  std::mt19937_64 bits(seed);
  rows all;
  for (std::size_t i = 0; i < n; ++i) {
    all.value.push_back(static_cast<double>(bits() % (levels + 1)) / static_cast<double>(levels));
    all.hit.push_back(static_cast<double>(bits() % 2));
  }
  return all;
}

/// Number of rows in each non-empty bin.
std::vector<double> plain(std::vector<double> values, std::size_t bins) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  std::set<double> edges;
  std::size_t end = 0;
  for (std::size_t j = 0; j + 1 < bins; ++j) {
    end += n / bins + (j < n % bins ? 1 : 0);
    if (end == 0 || end >= n) continue;
    const double edge = (values[end - 1] + values[end]) / 2;
    if (edge > 0 && edge < 1) edges.insert(edge);
  }
  std::vector<double> counts(edges.size() + 1);
  for (const double x : values) ++counts[static_cast<std::size_t>(std::distance(edges.begin(), edges.upper_bound(x)))];
  std::erase(counts, 0.0);
  return counts;
}

std::vector<double> found(const sorted_forecasts& sorted, std::size_t bins) {
  const equal_mass_bins masses(sorted);
  std::vector<double> counts;
  std::size_t next = 0;
  masses.for_each(static_cast<double>(bins), [&](std::size_t first, std::size_t last) {
    EXPECT_EQ(first, next);
    EXPECT_LT(first, last);
    next = last;
    counts.push_back(masses.weight_before(last) - masses.weight_before(first));
    return true;
  });
  EXPECT_EQ(next, sorted.size());
  return counts;
}

TEST(EqualMassBins, AreTheChunksOfArraySplitWithTiesTogether) {
  for (const std::uint64_t levels : {1, 2, 5, 17, 100, 1'000'000})
    for (const std::size_t n : {1, 2, 3, 10, 97, 300}) {
      const rows all = random_rows(n, 7 * n + levels, levels);
      const sorted_forecasts sorted = sorted_forecasts::of(all.value, all.hit);
      for (std::size_t bins = 1; bins <= n + 3; ++bins)
        EXPECT_EQ(found(sorted, bins), plain(all.value, bins)) << n << " rows, " << levels << " levels, " << bins;
    }
}

TEST(EqualMassBins, IntegerWeightsAreRepeatedRows) {
  const rows all = random_rows(60, 3, 25);
  std::vector<double> weights;
  rows repeated;
  for (std::size_t i = 0; i < all.value.size(); ++i) {
    weights.push_back(static_cast<double>(1 + i % 4));
    for (std::size_t copy = 0; copy < 1 + i % 4; ++copy) {
      repeated.value.push_back(all.value[i]);
      repeated.hit.push_back(all.hit[i]);
    }
  }
  const sorted_forecasts sorted = sorted_forecasts::of(all.value, all.hit, weights);
  for (std::size_t bins = 1; bins < 160; ++bins) EXPECT_EQ(found(sorted, bins), plain(repeated.value, bins)) << bins;
}

/// Half weights: a chunk ends with the group in which the cumulative weight first reaches j W / B.
TEST(EqualMassBins, OtherWeightsAreCutWhereTheyReachTheirShare) {
  const std::vector<double> values = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  const std::vector<double> hits = {0, 1, 0, 1, 1, 1};
  const std::vector<double> weights = {0.5, 0.5, 3, 0.5, 0.25, 1.25};
  const sorted_forecasts sorted = sorted_forecasts::of(values, hits, weights);
  EXPECT_EQ(found(sorted, 2), (std::vector<double>{4, 2}));
  EXPECT_EQ(found(sorted, 3), (std::vector<double>{4, 2}));  // both boundaries are in the third group
  EXPECT_EQ(found(sorted, 4), (std::vector<double>{4, 0.5, 1.5}));
  EXPECT_EQ(found(sorted, 6), (std::vector<double>{1, 3, 2}));
  EXPECT_EQ(found(sorted, 1), (std::vector<double>{6}));
}

TEST(EqualMassBins, MomentsOfABinAreThoseOfItsRows) {
  const rows all = random_rows(200, 9, 1000);
  const sorted_forecasts sorted = sorted_forecasts::of(all.value, all.hit);
  double weight = 0;
  double gap = 0;
  for (const cell_moments& cell : equal_mass_bins(sorted).moments(15)) {
    weight += cell.weight;
    gap += cell.weight * (cell.confidence - cell.accuracy);
  }
  double expected = 0;
  for (std::size_t i = 0; i < 200; ++i) expected += (all.value[i] - all.hit[i]) / 200;
  EXPECT_NEAR(weight, 1, 1e-14);
  EXPECT_NEAR(gap, expected, 1e-14);
  EXPECT_TRUE(equal_mass_bins(sorted_forecasts()).moments(15).empty());
}

}  // namespace
}  // namespace calibrant
