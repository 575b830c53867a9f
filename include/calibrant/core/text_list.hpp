#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace calibrant {

/// The parts of a text between commas; one empty part for an empty text. O(length).
[[nodiscard]] std::vector<std::string> split_list(std::string_view list);

/// `a, b, c and 4 more`: up to `most` names, each between `quote`.
[[nodiscard]] std::string list_of(std::span<const std::string> names, std::size_t most = 5,
                                  std::string_view quote = "");

/// `a`, `a and b`, `a, b and c`.
[[nodiscard]] std::string enumerated(std::span<const std::string> words);

}  // namespace calibrant
