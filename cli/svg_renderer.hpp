#pragma once

#include <string>
#include <string_view>

namespace calibrant::cli {

/// What a figure is written as.
enum class figure_format_kind { svg, png, pdf };

/// Throws error (unsupported), with what to install, if rsvg-convert is not on the PATH.
void require_svg_renderer();

/// The figure as PNG, `zoom` pixels for each CSS pixel, or PDF, made by rsvg-convert (librsvg), which runs as a process
/// of its own. Throws error: unsupported if it is not installed, internal if it fails.
[[nodiscard]] std::string rendered_svg(std::string_view svg, figure_format_kind format, double zoom);

}  // namespace calibrant::cli
