#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calibrant::cli {

/// The known name that `typed` most likely means: the smallest number of insertions, deletions and substitutions, if
/// that is at most a third of its length; empty if none is close. Ties go to the first.
[[nodiscard]] std::string nearest_name(std::string_view typed, const std::vector<std::string>& known);

/// "; did you mean X?" or nothing.
[[nodiscard]] std::string suggestion(std::string_view typed, const std::vector<std::string>& known);

}  // namespace calibrant::cli
