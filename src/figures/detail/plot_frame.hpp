#pragma once

#include <string>

#include <calibrant/figures/axis_scale.hpp>
#include <calibrant/figures/svg_writer.hpp>

namespace calibrant::detail {

/// Where data stand on the paper.
struct plot_area {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;

  [[nodiscard]] double right() const noexcept { return left + width; }
  [[nodiscard]] double bottom() const noexcept { return top + height; }
};

/// What is written at an axis.
struct axis_words {
  std::string label = {};
  int ticks = 5;        ///< about how many
  bool numbers = true;  ///< tick labels
  bool grid = true;     ///< lines across the area
  bool brief = false;   ///< 1 instead of 1.0
};

/// Lines across the area, tick labels below and to the left, and the labels of the axes; then the frame's two lines.
void draw_frame(svg_writer& svg, const plot_area& area, const axis_scale& x, const axis_scale& y,
                const axis_words& below, const axis_words& beside);

}  // namespace calibrant::detail
