// Which bin a number falls into: the edges of numpy.linspace, half-open bins, the number and never its storage.
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/bin_edges.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/float16.hpp>

#include "support/measure.hpp"

namespace calibrant::testing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(BinEdges, AreThoseOfLinspace) {
  std::size_t unlike_quotient = 0;
  for (std::size_t bins = 1; bins <= 1000; ++bins) {
    const bin_edges edges = bin_edges::equal_width(bins);
    ASSERT_EQ(edges.bins(), bins);
    const double width = 1.0 / static_cast<double>(bins);
    bool differs = false;
    for (std::size_t j = 0; j < bins; ++j) {
      ASSERT_EQ(edges.lower(j), static_cast<double>(j) * width) << bins << " bins, edge " << j;
      ASSERT_EQ(edges.upper(j), j + 1 == bins ? 1.0 : edges.lower(j + 1)) << bins << " bins, edge " << j + 1;
      differs = differs || edges.lower(j) != static_cast<double>(j) / static_cast<double>(bins);
    }
    unlike_quotient += differs;
  }
  EXPECT_EQ(unlike_quotient, 969U);  // j/B is another number for most B
  // numpy.linspace(0, 1, 16)[7] and numpy.linspace(0, 1, 50)[37]
  EXPECT_EQ(bin_edges::equal_width(15).lower(7), 0.4666666666666667);
  EXPECT_EQ(bin_edges::equal_width(49).lower(37), 0.7551020408163265);
}

/// The largest j <= B-1 with e_j <= p, by looking at every edge.
std::size_t bin_by_search(const bin_edges& edges, double p) {
  std::size_t bin = 0;
  for (std::size_t j = 0; j < edges.bins(); ++j)
    if (edges.lower(j) <= p) bin = j;
  return bin;
}

TEST(BinEdges, BinOfIsTheLargestEdgeThatIsNotAbove) {
  for (const std::size_t bins : {1, 2, 3, 7, 10, 14, 15, 20, 49, 98, 100, 255, 1000}) {
    const bin_edges edges = bin_edges::equal_width(bins);
    EXPECT_EQ(edges.bin_of(0.0), 0U);
    EXPECT_EQ(edges.bin_of(1.0), bins - 1);
    EXPECT_EQ(edges.bin_of(std::nextafter(1.0, 0.0)), bins - 1);
    for (std::size_t j = 0; j < bins; ++j) {
      double below = edges.lower(j);
      double above = below;
      for (int step = 0; step < 4; ++step) {
        ASSERT_EQ(edges.bin_of(above), bin_by_search(edges, above)) << bins << " bins, " << above;
        above = std::nextafter(above, infinity);
        if (below > 0) below = std::nextafter(below, 0.0);
        ASSERT_EQ(edges.bin_of(below), bin_by_search(edges, below)) << bins << " bins, " << below;
      }
      ASSERT_EQ(edges.bin_of(edges.lower(j)), j) << bins << " bins";
    }
    generator random(bins);
    for (int i = 0; i < 2000; ++i) {
      const double p = random.uniform();
      ASSERT_EQ(edges.bin_of(p), bin_by_search(edges, p)) << bins << " bins, " << p;
    }
  }
  EXPECT_EQ(bin_edges::equal_width(65536).bin_of(1.0), 65535U);
}

/// Tenths stored in each type, in ten bins: the table of the definitions.
TEST(BinEdges, TheNumberDecidesNotTheType) {
  const bin_edges edges = bin_edges::equal_width(10);
  const std::vector<double> tenths = {.1, .2, .3, .4, .5, .6, .7, .8, .9, 1.};
  const std::vector<std::size_t> as_float64 = {1, 2, 2, 4, 5, 5, 6, 8, 9, 9};
  const std::vector<std::size_t> as_float32 = {1, 2, 3, 4, 5, 6, 6, 8, 8, 9};
  const std::vector<std::size_t> as_float16 = {0, 1, 3, 3, 5, 6, 7, 7, 8, 9};
  for (std::size_t i = 0; i < tenths.size(); ++i) {
    const double x = tenths[i];
    EXPECT_EQ(edges.bin_of(x), as_float64[i]) << x;
    EXPECT_EQ(edges.bin_of(to_double(static_cast<float>(x))), as_float32[i]) << x;
    const float16 half{std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
    EXPECT_EQ(edges.bin_of(to_double(half)), as_float16[i]) << x;
  }
}

/// The same table through the whole pass: a row (x, 1 - x) for x >= 1/2 counts in the bin of x.
template <class T>
std::vector<std::size_t> bins_of_confidences(const std::vector<double>& values) {
  std::vector<std::size_t> bins;
  for (const double x : values) {
    dataset row{.name = "row", .classes = 2, .scores = {x, 1 - x}, .labels = {0}};
    const panel_state state = measure_view(row, stored_scores<T>(row).view(), {.bins = 10}).total();
    for (std::size_t b = 0; b < 10; ++b)
      if (!state.top_label.bins()[b].empty()) bins.push_back(b);
  }
  return bins;
}

TEST(BinEdges, ThePassBinsConfidencesAndProbabilitiesAlike) {
  const std::vector<double> upper = {.6, .7, .8, .9, 1.};
  EXPECT_EQ(bins_of_confidences<double>(upper), (std::vector<std::size_t>{5, 6, 8, 9, 9}));
  EXPECT_EQ(bins_of_confidences<float>(upper), (std::vector<std::size_t>{6, 6, 8, 8, 9}));
  EXPECT_EQ(bins_of_confidences<float16>(upper), (std::vector<std::size_t>{6, 7, 7, 8, 9}));
}

TEST(BinEdges, AreEqualWhenTheirEdgesAre) {
  EXPECT_EQ(bin_edges::equal_width(15), bin_edges::equal_width(15));
  EXPECT_NE(bin_edges::equal_width(15), bin_edges::equal_width(14));
}

TEST(BinEdges, RefuseNoBinsAndTooMany) {
  for (const std::size_t bins : {std::size_t{0}, std::size_t{65537}}) {
    try {
      (void)bin_edges::equal_width(bins);
      ADD_FAILURE() << bins << " bins were accepted";
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::invalid_argument);
      EXPECT_EQ(std::string(problem.what()), "bins: got " + std::to_string(bins) + ", expected 1 to 65536");
    }
  }
  EXPECT_EQ(bin_edges::equal_width(65536).bins(), 65536U);
}

}  // namespace
}  // namespace calibrant::testing
