#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <calibrant/figures/shown_name.hpp>

namespace calibrant::detail {

/// About how wide a text is in a sans-serif font of this size, rather too wide than too narrow.
[[nodiscard]] double text_width(std::string_view text, double size);

/// shown_name where the name stands alone, cut to a width.
[[nodiscard]] std::string fitted_name(std::string_view name, double size, double width);

/// The lines of a text that is broken at spaces, but not between a number and its sign of percent. No leading spaces.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, double size, double width);

}  // namespace calibrant::detail
