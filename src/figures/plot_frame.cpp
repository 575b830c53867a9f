#include <algorithm>

#include "figures/detail/label_text.hpp"
#include "figures/detail/plot_frame.hpp"

namespace calibrant::detail {
namespace {

std::vector<axis_tick> ticks_of(const axis_scale& scale, const axis_words& words) {
  std::vector<axis_tick> ticks = scale.ticks(words.ticks);
  if (words.brief)
    for (axis_tick& tick : ticks) tick.label = coordinate_text(tick.value);
  return ticks;
}

}  // namespace

void draw_frame(svg_writer& svg, const plot_area& area, const axis_scale& x, const axis_scale& y,
                const axis_words& below, const axis_words& beside) {
  constexpr double tick_size = 11;
  const std::vector<axis_tick> along = ticks_of(x, below);
  const std::vector<axis_tick> up = ticks_of(y, beside);
  svg_path grid;
  if (below.grid)
    for (const axis_tick& tick : along) grid.move_to(x(tick.value), area.top).vertical_to(area.bottom());
  if (beside.grid)
    for (const axis_tick& tick : up) grid.move_to(area.left, y(tick.value)).horizontal_to(area.right());
  svg.path("cf-grid", grid);
  svg.path("cf-axis", svg_path().move_to(area.left, area.top).vertical_to(area.bottom()).horizontal_to(area.right()));
  double widest = 0;
  if (below.numbers)
    for (const axis_tick& tick : along) svg.text(x(tick.value), area.bottom() + 15, "cf-tick cf-middle", tick.label);
  if (beside.numbers)
    for (const axis_tick& tick : up) {
      svg.text(area.left - 6, y(tick.value) + 4, "cf-tick cf-end", tick.label);
      widest = std::max(widest, text_width(tick.label, tick_size));
    }
  if (!below.label.empty())
    svg.text(area.left + area.width / 2, area.bottom() + (below.numbers ? 33 : 18), "cf-label cf-middle", below.label);
  if (!beside.label.empty()) {
    const std::string x_text = coordinate_text(std::max(area.left - 14 - widest, 12.0));
    const std::string y_text = coordinate_text(area.top + area.height / 2);
    svg.text_element(
        "text",
        {{"class", "cf-label cf-middle"}, {"transform", "translate(" + x_text + " " + y_text + ") rotate(-90)"}},
        beside.label);
  }
}

}  // namespace calibrant::detail
