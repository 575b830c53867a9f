#include <algorithm>
#include <cmath>

#include <calibrant/figures/axis_scale.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {

std::string difference_strip(const figure& difference, const interval_estimate& uncertainty) {
  if (!difference.value) return "";
  double reach = std::abs(*difference.value);
  if (uncertainty.bounds)
    reach = std::max({reach, std::abs(uncertainty.bounds->lower), std::abs(uncertainty.bounds->upper)});
  if (!(reach > 0) || !std::isfinite(reach)) return "";
  const axis_scale x = axis_scale::linear(-reach, reach, 6, 154);
  svg_writer svg;
  svg.open("svg", {{"class", "strip"}, {"viewBox", "0 0 160 18"}, {"aria-hidden", "true"}});
  svg.path("cf-axis", svg_path().move_to(0, 9).horizontal_to(160).move_to(x(0), 2).vertical_to(16));
  if (uncertainty.bounds)
    svg.path("cf-blue-line strip-interval",
             svg_path().move_to(x(uncertainty.bounds->lower), 9).horizontal_to(x(uncertainty.bounds->upper)));
  svg.element("circle", {{"class", "cf-dot"}, {"cx", x(*difference.value)}, {"cy", 9.0}, {"r", 4.5}});
  svg.close();
  return svg.text();
}

}  // namespace calibrant::detail
