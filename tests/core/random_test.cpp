// Random numbers by counter: the published sequence, and streams that do not repeat one another.
#include <array>
#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include <calibrant/core/random.hpp>

namespace calibrant {
namespace {

TEST(CounterRandom, StepsAreThoseOfSplitMix64) {
  // The first three numbers of SplitMix64 from state 1234567, as its authors' reference program prints them.
  constexpr std::array<std::uint64_t, 3> published = {6457827717110365317U, 3203168211198807973U, 9817491932198370423U};
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected : published) {
    state += counter_random::step;
    EXPECT_EQ(counter_random::scramble(state), expected);
  }
}

TEST(CounterRandom, SeedStreamAndIndexEachChangeTheDraw) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (std::uint64_t stream = 0; stream < 20; ++stream)
      for (std::uint64_t index = 0; index < 20; ++index) seen.insert(counter_random(seed, stream).bits(index));
  EXPECT_EQ(seen.size(), 8000U);
}

TEST(CounterRandom, UniformNumbersFillTheirRangeEvenly) {
  // Chi-square of 100 cells over 100 streams of 1,000 draws: 99 degrees of freedom, above 180 with probability 1e-6.
  std::array<double, 100> cells{};
  for (std::uint64_t stream = 0; stream < 100; ++stream)
    for (std::uint64_t index = 0; index < 1000; ++index) {
      const double u = counter_random(1, stream).uniform(index);
      ASSERT_GE(u, 0);
      ASSERT_LT(u, 1);
      ++cells[static_cast<std::size_t>(u * 100)];
    }
  double chi_square = 0;
  for (const double count : cells) chi_square += (count - 1000) * (count - 1000) / 1000;
  EXPECT_LT(chi_square, 180);
}

}  // namespace
}  // namespace calibrant
