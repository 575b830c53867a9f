// Sorting and merging of numbers >= 0, few and many.
#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/math/sorting.hpp>

namespace calibrant {
namespace {

/// Numbers of `bits` bits, the lowest `same` of which are 0, so that whole digits are shared.
template <class Number>
std::vector<Number> random_numbers(std::size_t n, int bits, int same, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Number> numbers(n);
  for (Number& x : numbers) x = static_cast<Number>((random() >> (64 - bits)) >> same << same);
  return numbers;
}

template <class Number>
class Sorting : public ::testing::Test {};
using Numbers = ::testing::Types<std::int32_t, std::int64_t>;
TYPED_TEST_SUITE(Sorting, Numbers);

TYPED_TEST(Sorting, IsThatOfTheStandardLibrary) {
  for (const std::size_t n : {0, 1, 2, 100, 4095, 4096, 50'000})
    for (const int bits : {1, 11, 31, static_cast<int>(8 * sizeof(TypeParam)) - 1})
      for (const int same : {0, bits / 2}) {
        std::vector<TypeParam> numbers = random_numbers<TypeParam>(n, bits, same, n + 7);
        std::vector<TypeParam> expected = numbers;
        std::sort(expected.begin(), expected.end());
        sort_ascending(std::span(numbers));
        ASSERT_EQ(numbers, expected) << n << " numbers of " << bits << " bits";
      }
}

TYPED_TEST(Sorting, MergedRunsAreTheSortedWhole) {
  for (const std::size_t first : {0, 1, 5, 1000})
    for (const std::size_t second : {0, 1, 7, 999}) {
      std::vector<TypeParam> a = random_numbers<TypeParam>(first, 9, 0, first + 1);
      std::vector<TypeParam> b = random_numbers<TypeParam>(second, 9, 0, second + 2);
      std::sort(a.begin(), a.end());
      std::sort(b.begin(), b.end());
      std::vector<TypeParam> merged(first + second, -1);
      merge_ascending<TypeParam>(a, b, merged);
      std::vector<TypeParam> expected = a;
      expected.insert(expected.end(), b.begin(), b.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(merged, expected) << first << " and " << second;
    }
}

}  // namespace
}  // namespace calibrant
