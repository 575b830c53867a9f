#include <string>
#include <string_view>

#include <calibrant/figures/drawn_figure.hpp>

namespace calibrant {
namespace {

/// Blue and orange differ for every kind of colour vision and in grey. On the paper text has a contrast of at least 4.5
/// and marks of at least 3 (WCAG 2.2 AA); the grid carries no information and is fainter.
struct palette {
  std::string_view paper;
  std::string_view ink;    ///< text
  std::string_view muted;  ///< text of axes
  std::string_view axis;
  std::string_view grid;
  std::string_view band;  ///< what a calibrated model gives
  std::string_view band_edge;
  std::string_view blue;
  std::string_view orange;
  std::string_view grey;  ///< bars of counts
};

constexpr palette on_light{.paper = "#ffffff",
                           .ink = "#1b1f24",
                           .muted = "#57606a",
                           .axis = "#818b95",
                           .grid = "#e4e8ec",
                           .band = "#dfe5eb",
                           .band_edge = "#7d8792",
                           .blue = "#0b5fa5",
                           .orange = "#c05600",
                           .grey = "#818b95"};
constexpr palette on_dark{.paper = "#0d1117",
                          .ink = "#e6edf3",
                          .muted = "#a3adb8",
                          .axis = "#6e7884",
                          .grid = "#20262e",
                          .band = "#28313b",
                          .band_edge = "#768390",
                          .blue = "#6cb6ff",
                          .orange = "#f69d50",
                          .grey = "#6e7884"};

std::string colours(const palette& p) {
  const auto rule = [](std::string_view classes, std::string_view property, std::string_view colour) {
    return std::string(classes) + "{" + std::string(property) + ":" + std::string(colour) + "}";
  };
  return rule(".cf-paper", "fill", p.paper) + rule(".cf-title,.cf-text,.cf-label", "fill", p.ink) +
         rule(".cf-tick,.cf-note", "fill", p.muted) + rule(".cf-axis,.cf-ideal", "stroke", p.axis) +
         rule(".cf-ideal", "stroke", p.muted) + rule(".cf-grid", "stroke", p.grid) + rule(".cf-band", "fill", p.band) +
         rule(".cf-edge", "stroke", p.band_edge) + rule(".cf-blue,.cf-dot", "fill", p.blue) +
         rule(".cf-blue-line,.cf-blue-dots", "stroke", p.blue) + rule(".cf-orange", "fill", p.orange) +
         rule(".cf-orange-line,.cf-orange-dots", "stroke", p.orange) + rule(".cf-grey", "fill", p.grey) +
         rule(".cf-grey-dots", "stroke", p.grey) + rule(".cf-dot,.cf-halo", "stroke", p.paper) +
         rule(".cf-mark", "stroke", p.ink);
}

/// What has the same shape on any paper. Names of fonts are generic: there is always one.
constexpr std::string_view shapes =
    ".cf-title{font:600 15px system-ui,sans-serif}.cf-text{font:12px system-ui,sans-serif}"
    ".cf-label,.cf-note{font:11.5px system-ui,sans-serif}.cf-tick{font:11px system-ui,sans-serif}"
    ".cf-middle{text-anchor:middle}.cf-end{text-anchor:end}"
    ".cf-axis,.cf-ideal,.cf-grid,.cf-edge,.cf-blue-line,.cf-orange-line,.cf-halo,.cf-mark{fill:none;stroke-width:1}"
    ".cf-ideal{stroke-width:1.3;stroke-dasharray:5 4}"
    ".cf-blue-line,.cf-orange-line{stroke-width:1.6;stroke-linejoin:round}"
    ".cf-blue-dots,.cf-orange-dots,.cf-grey-dots{fill:none;stroke-width:4.5;stroke-linecap:round}"
    ".cf-dot{stroke-width:1}.cf-halo{stroke-width:3.6;stroke-opacity:.85}.cf-mark{stroke-width:1.4}.cf-dashed{stroke-"
    "dasharray:5 4}.cf-thin{stroke-width:1.2}.cf-hair{stroke-width:.6;stroke-opacity:.6}";

}  // namespace

std::string figure_style(figure_theme theme) {
  std::string css(shapes);
  css += colours(theme == figure_theme::dark ? on_dark : on_light);
  if (theme == figure_theme::automatic) css += "@media (prefers-color-scheme:dark){" + colours(on_dark) + "}";
  return css;
}

}  // namespace calibrant
