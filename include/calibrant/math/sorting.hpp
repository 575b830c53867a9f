#pragma once

#include <cstdint>
#include <span>

namespace calibrant {

// Sort numbers >= 0 in increasing order. Many numbers go by their digits (radix sort, measured 2 to 5 times as fast as
// a comparison sort from about 4,096 numbers on, in as much memory again), few by comparison.
void sort_ascending(std::span<std::int64_t> numbers);
void sort_ascending(std::span<std::int32_t> numbers);

}  // namespace calibrant
