#include "calibrators/detail/isotonic_levels.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace calibrant::detail {
namespace {

struct shape {
  const char* name;
  std::function<double(double u, double v)> score;  ///< of two uniform numbers
  std::function<double(double score)> hit_rate;
};

const std::vector<shape> shapes = {
    {"calibrated", [](double u, double) { return u; }, [](double s) { return s; }},
    {"crowded at 0", [](double u, double) { return std::pow(u, 6); }, [](double s) { return s; }},
    {"crowded at 1", [](double u, double) { return 1 - std::pow(u, 9); }, [](double s) { return s; }},
    {"ties", [](double u, double) { return std::floor(u * 12) / 12; }, [](double s) { return s * s; }},
    {"0 and 1", [](double u, double v) { return u < .3   ? 0.0
                                                : u > .8 ? 1.0
                                                         : v; }, [](double s) { return s; }},
    {"falling", [](double u, double) { return u; }, [](double s) { return 1 - s; }},
    {"constant", [](double, double) { return .25; }, [](double) { return .25; }},
    {"no hits", [](double u, double) { return u; }, [](double) { return 0.0; }},
    {"hits alone", [](double u, double) { return u; }, [](double) { return 1.0; }},
    {"separable", [](double u, double) { return u; }, [](double s) { return s > .6 ? 1.0 : 0.0; }},
    {"rare", [](double u, double) { return std::exp(-9 * u); }, [](double) { return .002; }},
    {"above 1 by rounding", [](double u, double) { return u * (1 + 0x1p-22); }, [](double s) { return s; }},
};

/// Rows of weight 1 go by buckets, weighted rows by a sort of all: both must give the same levels.
TEST(IsotonicLevels, OfBucketsAreThoseOfAllRowsInOrder) {
  std::mt19937_64 bits(20261130);
  std::uniform_real_distribution<double> uniform;
  for (const shape& s : shapes)
    for (const bool single : {true, false})
      for (const std::size_t n : {1, 2, 7, 300, 2'000, 9'000, 60'000}) {
        SCOPED_TRACE(s.name + std::string(single ? ", float32, " : ", float64, ") + std::to_string(n));
        std::vector<double> scores(n);
        std::vector<std::int32_t> hits(n);
        for (std::size_t i = 0; i < n; ++i) {
          const double u = uniform(bits);
          const double score = s.score(u, uniform(bits));
          scores[i] = single ? static_cast<double>(static_cast<float>(score)) : score;
          hits[i] = static_cast<std::int32_t>(uniform(bits) < s.hit_rate(score));
        }
        const auto hit = [&](std::size_t i) { return hits[i] == 1; };
        const std::vector<isotonic_level> found = isotonic_levels(scores, single, hit, {});
        const std::vector<isotonic_level> wanted = isotonic_levels(scores, single, hit, std::vector<double>(n, 1.0));
        ASSERT_EQ(found.size(), wanted.size());
        for (std::size_t b = 0; b < found.size(); ++b) {
          ASSERT_EQ(found[b].first, wanted[b].first) << b;
          ASSERT_EQ(found[b].last, wanted[b].last) << b;
          ASSERT_EQ(found[b].weight, wanted[b].weight) << b;
          ASSERT_EQ(found[b].hits, wanted[b].hits) << b;
        }
      }
}

}  // namespace
}  // namespace calibrant::detail
