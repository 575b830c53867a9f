#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calibrant {

/// The parts of a text between commas; one empty part for an empty text. O(length).
[[nodiscard]] std::vector<std::string> split_list(std::string_view list);

}  // namespace calibrant
