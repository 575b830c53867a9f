#include <calibrant/math/pool_adjacent_violators.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

/// The minimax form of isotonic regression: max over a <= g of min over b >= g of the mean of the cells a..b.
std::vector<double> minimax(const std::vector<double>& weights, const std::vector<double>& sums) {
  std::vector<double> values(weights.size());
  for (std::size_t g = 0; g < weights.size(); ++g) {
    values[g] = -std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a <= g; ++a) {
      double least = std::numeric_limits<double>::infinity();
      double w = 0;
      double s = 0;
      for (std::size_t b = a; b < weights.size(); ++b) {
        w += weights[b];
        s += sums[b];
        if (b >= g) least = std::min(least, s / w);
      }
      values[g] = std::max(values[g], least);
    }
  }
  return values;
}

TEST(PoolAdjacentViolators, IsTheMinimaxForm) {
  std::mt19937_64 bits(4);
  for (const std::size_t cells : {1, 2, 3, 7, 40})
    for (int repetition = 0; repetition < 50; ++repetition) {
      std::vector<double> weights(cells);
      std::vector<double> sums(cells);
      for (std::size_t g = 0; g < cells; ++g) {
        weights[g] = 1 + static_cast<double>(bits() % 5);
        sums[g] = static_cast<double>(bits() % (static_cast<std::uint64_t>(weights[g]) + 1));
      }
      const std::vector<double> expected = minimax(weights, sums);
      const std::vector<isotonic_block> blocks = isotonic_blocks(weights, sums);
      std::size_t next = 0;
      double before = -1;
      for (const isotonic_block& block : blocks) {
        EXPECT_EQ(block.first, next);
        const double value = block.sum / block.weight;
        EXPECT_GT(value, before);
        for (std::size_t g = block.first; g < block.last; ++g) EXPECT_NEAR(value, expected[g], 1e-14);
        next = block.last;
        before = value;
      }
      EXPECT_EQ(next, cells);
    }
  EXPECT_TRUE(isotonic_blocks({}, {}).empty());
}

}  // namespace
}  // namespace calibrant
