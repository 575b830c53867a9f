#include <algorithm>
#include <cmath>

#include <calibrant/figures/number_text.hpp>
#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/metrics/risk_coverage_curve.hpp>
#include <calibrant/stats/clopper_pearson.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

/// A point of the curve with what surrounds it.
struct curve_point {
  risk_coverage_point at;
  double promised = 0;   ///< mean of 1 - c over the rows answered: the risk of a calibrated model
  interval bounds = {};  ///< of the risk at this threshold, which the confidences alone fix
};

/// Of at most `most` steps of coverage the last point in each: points of the curve, none in between.
std::vector<curve_point> thinned_curve(const sorted_forecasts& sorted, confidence_level level, std::size_t most) {
  const std::vector<risk_coverage_point> curve = risk_coverage_curve(sorted);
  std::vector<curve_point> points;
  compensated_sum weight;
  compensated_sum squares;
  compensated_sum promised;
  const auto step_of = [&](std::size_t j) { return std::floor(curve[j].coverage * static_cast<double>(most)); };
  for (std::size_t j = 0; j < curve.size(); ++j) {
    const std::size_t group = curve.size() - 1 - j;
    weight.add(sorted.weights()[group]);
    squares.add(sorted.variance_weights()[group]);
    promised.add(sorted.weights()[group] * (1 - sorted.values()[group]));
    if (j + 1 < curve.size() && step_of(j) == step_of(j + 1)) continue;
    const double risk = std::clamp(curve[j].risk, 0.0, 1.0);
    const double rows = weight.value() * (weight.value() / squares.value());
    points.push_back({.at = curve[j],
                      .promised = promised.value() / weight.value(),
                      .bounds = clopper_pearson(std::min(risk * rows, rows), rows, level)});
  }
  return points;
}

template <class Quantity>
std::string listed(const std::vector<curve_point>& points, Quantity&& quantity) {
  std::string text;
  for (const curve_point& point : points) text += (text.empty() ? "" : " ") + exact_text(quantity(point));
  return text;
}

template <class Height>
svg_path line_through(const std::vector<curve_point>& points, const axis_scale& x, Height&& height) {
  svg_path line;
  for (const curve_point& point : points)
    line.empty() ? line.move_to(x(point.at.coverage), height(point))
                 : line.line_to(x(point.at.coverage), height(point));
  return line;
}

/// Every twentieth part of the rows.
figure_table curve_table(const std::vector<curve_point>& points, bool with_band) {
  figure_table table{.title = {}, .columns = {"coverage", "risk", "promised"}, .rows = {}};
  if (with_band) table.columns.emplace_back("interval of the risk");
  double next = 0.05;
  for (const curve_point& point : points) {
    if (point.at.coverage + 1e-9 < next && &point != &points.back()) continue;
    while (next <= point.at.coverage + 1e-9) next += 0.05;
    std::vector<std::string>& row = table.rows.emplace_back();
    row = {fixed_text(point.at.coverage, 4), fixed_text(point.at.risk, 4), fixed_text(point.promised, 4)};
    if (with_band) row.push_back(range_cell(point.bounds));
  }
  return table;
}

/// A round number that leaves the curve room; the first few rows may lie above, where a few errors are a large share.
double highest_risk(const std::vector<curve_point>& points) {
  double highest = points.back().bounds.upper;
  for (const curve_point& point : points)
    if (point.at.coverage >= 0.1) highest = std::max({highest, point.at.risk, point.promised});
  if (!(highest > 0)) return 1;
  const double step = nice_step(highest / 5);
  return std::min(1.0, std::ceil(highest * 1.05 / step) * step);
}

}  // namespace

drawn_figure draw_risk_coverage_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const bool with_band = labels_are_drawn(source);
  const std::vector<curve_point> points =
      thinned_curve(source.state.confidences.sorted(), source.result.options.metric.level, 200);
  figure_page page(options, 520, "Risk and coverage");
  page.caption(sentences({"Errors among the predictions that are kept when the least confident are left out",
                          metric_sentence(source, "aurc", "AURC"), rows_sentence(source)}));
  std::vector<legend_item> legend = {{legend_mark::blue_line, "observed"}};
  if (with_band)
    legend.push_back(
        {legend_mark::band, level_percent(source.result.options.metric.level) + " interval at each threshold"});
  legend.push_back({legend_mark::ideal, "what the confidences promise"});
  page.legend(legend);

  svg_writer& svg = page.svg();
  const plot_area area{.left = 66, .top = page.top() + 10, .width = 436, .height = 290};
  const axis_scale x = axis_scale::linear(0, 1, area.left, area.right());
  const axis_scale y = axis_scale::linear(0, highest_risk(points), area.bottom(), area.top);
  draw_frame(svg, area, x, y, {.label = "coverage: share of the rows that are kept"},
             {.label = "risk: share of errors among them"});
  // A nested element clips to its own edges.
  const std::string box = coordinate_text(area.left) + " " + coordinate_text(area.top) + " " +
                          coordinate_text(area.width) + " " + coordinate_text(area.height);
  svg.open("svg", {{"x", area.left},
                   {"y", area.top},
                   {"width", area.width},
                   {"height", area.height},
                   {"viewBox", box},
                   {"overflow", "hidden"}});
  if (with_band) {
    svg_path band;
    svg_path edges;
    for (const curve_point& point : points)
      band.empty() ? band.move_to(x(point.at.coverage), y(point.bounds.upper))
                   : band.line_to(x(point.at.coverage), y(point.bounds.upper));
    edges = band;
    for (std::size_t i = points.size(); i-- > 0;) {
      band.line_to(x(points[i].at.coverage), y(points[i].bounds.lower));
      i + 1 == points.size() ? edges.move_to(x(points[i].at.coverage), y(points[i].bounds.lower))
                             : edges.line_to(x(points[i].at.coverage), y(points[i].bounds.lower));
    }
    svg.path("cf-band", band.close());
    svg.path("cf-edge", edges);
  }
  svg.path("cf-ideal", line_through(points, x, [&](const curve_point& point) { return y(point.promised); }));
  svg.element("path",
              {{"class", "cf-blue-line"},
               {"d", line_through(points, x, [&](const curve_point& point) { return y(point.at.risk); }).text()},
               {"data-coverage", listed(points, [](const curve_point& point) { return point.at.coverage; })},
               {"data-risk", listed(points, [](const curve_point& point) { return point.at.risk; })}});
  svg.close();
  // Few thresholds are points more than a curve, and a single one is no line at all.
  constexpr std::size_t most_dots = 20;
  if (points.size() <= most_dots) {
    svg_path dots;
    svg_path intervals;
    for (const curve_point& point : points) {
      if (point.at.risk > y.highest()) continue;
      dots.dot(x(point.at.coverage), y(point.at.risk));
      intervals.move_to(x(point.at.coverage), y(point.bounds.lower))
          .vertical_to(y(std::min(point.bounds.upper, y.highest())));
    }
    if (with_band) svg.path("cf-blue-line cf-thin", intervals);
    svg.path("cf-blue-dots", dots);
  }
  page.table(curve_table(points, with_band));
  for (const double share : {0.25, 0.5, 0.75, 1.0}) {
    const auto found = std::find_if(points.begin(), points.end(),
                                    [&](const curve_point& point) { return point.at.coverage >= share; });
    if (found != points.end())
      page.describe("Keeping " + share_text(found->at.coverage) + " of the rows: " + share_text(found->at.risk) +
                    " errors, promised " + share_text(found->promised) + ".");
  }
  return std::move(page).finish(area.bottom() + 44);
}

}  // namespace calibrant::detail
