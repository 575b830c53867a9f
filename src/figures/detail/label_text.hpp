#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calibrant::detail {

/// About how wide a text is in a sans-serif font of this size, rather too wide than too narrow.
[[nodiscard]] double text_width(std::string_view text, double size);

/// A name that came with the data, to stand inside a sentence: line breaks and marks of writing direction are taken
/// out, and it is isolated, so that right-to-left text reorders nothing around it. More than `most` characters end in
/// an ellipsis.
[[nodiscard]] std::string shown_name(std::string_view name, std::size_t most = 80);
/// The same where it stands alone, cut to a width.
[[nodiscard]] std::string fitted_name(std::string_view name, double size, double width);

/// The lines of a text that is broken at spaces, but not between a number and its sign of percent. No leading spaces.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, double size, double width);

}  // namespace calibrant::detail
