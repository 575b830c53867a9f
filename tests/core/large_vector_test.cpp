// Memory for many numbers: whole pages above a size, and numbers that stay as they are written.
#include <cstdint>
#include <numeric>
#include <type_traits>

#include <gtest/gtest.h>

#include <calibrant/core/large_vector.hpp>

namespace calibrant {
namespace {

TEST(LargeVector, HoldsNumbersOnBothSidesOfTheLimit) {
  constexpr std::size_t limit = detail::large_bytes / sizeof(double);
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, limit - 1, limit, limit + 1, 3 * limit}) {
    large_vector<double> numbers(n);
    std::iota(numbers.begin(), numbers.end(), 1.0);
    large_vector<double> copy = numbers;
    copy.push_back(-1);
    numbers = std::move(copy);
    ASSERT_EQ(numbers.size(), n + 1);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(numbers[i], static_cast<double>(i + 1));
    EXPECT_EQ(numbers.back(), -1);
    numbers.shrink_to_fit();
    EXPECT_EQ(numbers.back(), -1);
  }
}

TEST(LargeVector, LargeOnesBeginAtAPage) {
  const large_vector<std::int32_t> numbers(std::size_t{3} << 20);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers.data()) % (std::size_t{2} << 20), 0U);
}

TEST(LargeVector, RefusesWhatNoMemoryHolds) {
  EXPECT_THROW((void)detail::allocate_large(static_cast<std::size_t>(-1)), std::bad_alloc);
  EXPECT_THROW((void)detail::allocate_large(static_cast<std::size_t>(-1) / 2), std::bad_alloc);
}

}  // namespace
}  // namespace calibrant
