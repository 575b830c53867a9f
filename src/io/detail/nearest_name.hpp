#pragma once

#include <span>
#include <string>
#include <string_view>

namespace calibrant::io {

/// A phrase for messages about a name that is not there: the nearest of `names` by edit distance if it is near (at most
/// a third of its length, capitals aside), then the first 20 of them. E.g. `did you mean "label"? columns: "p_a",
/// "p_b", "label"`. O(names) times the lengths.
[[nodiscard]] std::string suggest(std::string_view missing, std::span<const std::string> names);

/// At most `most` names in quotes, separated by commas, then how many more there are.
[[nodiscard]] std::string quoted_list(std::span<const std::string> names, std::size_t most = 20);

}  // namespace calibrant::io
