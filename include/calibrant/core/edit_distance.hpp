#pragma once

#include <cstddef>
#include <string_view>

namespace calibrant {

/// How many insertions, deletions, substitutions and swaps of neighbours turn one text into the other, capitals (ASCII)
/// aside, no part being edited twice (optimal string alignment). For "did you mean". Complexity O(|a| |b|).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace calibrant
