#include <calibrant/math/sorting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <boost/sort/pdqsort/pdqsort.hpp>

namespace calibrant {
namespace {

constexpr std::size_t few = 4096;
/// Working memory up to this is kept from call to call: many columns are sorted one after another.
constexpr std::size_t most_kept = std::size_t{1} << 20;

/// From the lowest digit of 11 bits to the highest; each pass keeps the order of the one before. A digit that all
/// numbers share needs no pass.
template <class Number>
void radix_sort(std::span<Number> numbers) {
  constexpr int bits = 11;
  constexpr std::size_t digits = (std::numeric_limits<Number>::digits + bits - 1) / bits;
  constexpr std::size_t values = std::size_t{1} << bits;
  thread_local std::vector<std::array<std::size_t, values>> counts;
  counts.assign(digits, {});
  const auto digit = [](Number x, std::size_t d) {
    return static_cast<std::size_t>(x >> (static_cast<int>(d) * bits)) & (values - 1);
  };
  for (const Number x : numbers)
    for (std::size_t d = 0; d < digits; ++d) ++counts[d][digit(x, d)];

  thread_local std::vector<Number> kept;
  std::vector<Number> large;
  std::vector<Number>& other = numbers.size() > most_kept ? large : kept;
  if (other.size() < numbers.size()) other.resize(numbers.size());
  std::span<Number> from = numbers;
  std::span<Number> to = std::span(other).first(numbers.size());
  for (std::size_t d = 0; d < digits; ++d) {
    std::array<std::size_t, values>& places = counts[d];
    if (places[digit(from[0], d)] == from.size()) continue;
    std::size_t next = 0;
    for (std::size_t& place : places) next += std::exchange(place, next);
    for (const Number x : from) to[places[digit(x, d)]++] = x;
    std::swap(from, to);
  }
  if (from.data() != numbers.data()) std::copy(from.begin(), from.end(), numbers.begin());
}

template <class Number>
void sort(std::span<Number> numbers) {
  if (numbers.size() < few)
    boost::sort::pdqsort_branchless(numbers.begin(), numbers.end());
  else
    radix_sort(numbers);
}

}  // namespace

void sort_ascending(std::span<std::int64_t> numbers) { sort(numbers); }
void sort_ascending(std::span<std::int32_t> numbers) { sort(numbers); }

}  // namespace calibrant
