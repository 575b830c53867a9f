#include <bit>
#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include <calibrant/core/float16.hpp>

namespace calibrant {
namespace {

/// All 65,536 bit patterns against the compiler's binary16.
TEST(Float16, WidensEveryPatternExactly) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto pattern = static_cast<std::uint16_t>(bits);
    const auto expected = static_cast<double>(std::bit_cast<_Float16>(pattern));
    const double got = to_double(float16{pattern});
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(got)) << bits;
      ASSERT_EQ(std::signbit(got), std::signbit(expected)) << bits;
    } else {
      ASSERT_EQ(std::bit_cast<std::uint64_t>(got), std::bit_cast<std::uint64_t>(expected)) << bits;
    }
  }
}

TEST(Float16, IsUsableInConstantExpressions) {
  static_assert(to_double(float16{0x3c00}) == 1.0);
  static_assert(to_double(float16{0x0001}) == 0x1p-24);
  static_assert(to_double(float16{0x7bff}) == 65504.0);
  static_assert(to_double(float16{0xb555}) == -0.333251953125);
  EXPECT_EQ(float16{1}, float16{1});
  EXPECT_NE(float16{1}, float16{2});
}

}  // namespace
}  // namespace calibrant
