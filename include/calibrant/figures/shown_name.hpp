#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace calibrant {

/// A name that came with the data, to stand inside a sentence: line breaks and marks of writing direction are taken
/// out, and it is isolated, so that right-to-left text reorders nothing around it. More than `most` characters end in
/// an ellipsis.
[[nodiscard]] std::string shown_name(std::string_view name, std::size_t most = 80);

}  // namespace calibrant
