#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace calibrant {

/// How many insertions, deletions, substitutions and swaps of neighbours turn one text into the other, capitals (ASCII)
/// aside, no part being edited twice (optimal string alignment). For "did you mean". Complexity O(|a| |b|).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The text that `typed` most likely means: of those of at most 64 bytes the one with the least edit distance, if that
/// is at most a third of the length of `typed` (or 1). Null if none is near. Ties go to the first. O(texts).
[[nodiscard]] const std::string* nearest_text(std::string_view typed, std::span<const std::string> texts);

}  // namespace calibrant
