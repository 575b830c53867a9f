#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/figures/change_text.hpp>
#include <calibrant/figures/number_text.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

constexpr double row_height = 28;
constexpr double names = 170;
constexpr double plot = 300;
constexpr double words = 210;

/// Rows that share an axis: shares of a hundred, and what has units of its own.
struct block {
  bool shares = false;
  std::vector<const measured_change*> rows = {};
};

std::vector<block> blocks_of(const state_diff& result) {
  std::vector<block> blocks = {{.shares = true}, {.shares = false}};
  for (const measured_change& change : result.leading)
    if (change.difference.value && std::isfinite(*change.difference.value))
      blocks[change.entry->units == "probability" ? 0 : 1].rows.push_back(&change);
  std::erase_if(blocks, [](const block& b) { return b.rows.empty(); });
  return blocks;
}

axis_scale scale_of(const block& rows, const plot_area& area) {
  const double unit = rows.shares ? 100 : 1;
  double reach = 0;
  const auto take = [&](double x) { reach = std::max(reach, std::abs(unit * x)); };
  for (const measured_change* const change : rows.rows) {
    take(*change->difference.value);
    if (!change->uncertainty.bounds) continue;
    take(change->uncertainty.bounds->lower);
    take(change->uncertainty.bounds->upper);
  }
  const double step = nice_step(std::max(reach, 1e-6) / 2);
  const double end = std::ceil(reach / step - 1e-9) * step;
  return axis_scale::linear(-std::max(end, step), std::max(end, step), area.left, area.right());
}

/// How a change looks; its words say the same.
struct mark {
  const char* line;
  const char* dot;
};
mark mark_of(change_verdict verdict) {
  switch (verdict) {
    case change_verdict::better:
      return {"cf-blue-line", "cf-blue"};
    case change_verdict::worse:
      return {"cf-orange-line", "cf-orange"};
    case change_verdict::higher:
    case change_verdict::lower:
      return {"cf-mark", "cf-text"};
    default:
      return {"cf-axis", "cf-grey"};
  }
}

void draw_change(svg_writer& svg, const measured_change& change, const axis_scale& x, double unit, double y,
                 const plot_area& area) {
  const mark look = mark_of(change.verdict);
  const change_text text(change);
  const std::optional<interval>& bounds = change.uncertainty.bounds;
  svg.open("g", {{"class", "cf-change"}, {"data-metric", change.entry->name}});
  svg.text_element("title", {},
                   std::string(change.entry->title) + ": from " + text.before + " to " + text.after + ", difference " +
                       text.difference + (bounds ? " (" + text.range + ")" : "") + ", " + text.verdict);
  svg.text(area.left - 12, y + 4, "cf-text cf-end", std::string(change.entry->title));
  if (bounds)
    svg.path(look.line, svg_path().move_to(x(unit * bounds->lower), y).horizontal_to(x(unit * bounds->upper)));
  svg.element("circle", {{"class", look.dot},
                         {"cx", x(unit * *change.difference.value)},
                         {"cy", y},
                         {"r", 4.5},
                         {"data-value", exact_text(*change.difference.value)},
                         {"data-lower", bounds ? exact_text(bounds->lower) : ""},
                         {"data-upper", bounds ? exact_text(bounds->upper) : ""}});
  svg.text(area.right() + 14, y - 2, "cf-text", text.difference + ", " + text.verdict);
  svg.text(area.right() + 14, y + 11, "cf-tick", bounds ? text.range : "no interval");
  svg.close();
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

drawn_figure draw(const state_diff& result, const figure_options& options) {
  const double left = figure_page::margin + names;
  figure_page page(options, left + plot + words + figure_page::margin, "What changed");
  page.caption(sentences({capitalised(result.verdict)}));
  page.caption(sentences({shown_name(result.after.name) + " (n = " + rows_number(result.after.weight) + ") less " +
                          shown_name(result.before.name) + " (n = " + rows_number(result.before.weight) + "), " +
                          level_percent(result.options.level) + " intervals"}));
  page.legend({{legend_mark::blue_box, "better"},
               {legend_mark::orange_box, "worse"},
               {legend_mark::ink_box, "moved"},
               {legend_mark::grey_box, "no evidence of a change, allowing for all tests"}});
  svg_writer& svg = page.svg();
  figure_table table{.title = {},
                     .columns = {"metric", "old", "new", "difference", "interval", "adjusted p-value", "verdict"},
                     .rows = {}};
  double top = page.top() + 10;
  for (const block& rows : blocks_of(result)) {
    const plot_area area{
        .left = left, .top = top, .width = plot, .height = static_cast<double>(rows.rows.size()) * row_height};
    const axis_scale x = scale_of(rows, area);
    draw_frame(
        svg, area, x, axis_scale::linear(0, 1, area.bottom(), area.top),
        {.label = rows.shares ? "difference, in points of a hundred" : "difference, in nats or score", .ticks = 4},
        {.numbers = false, .grid = false});
    svg.path("cf-ideal", svg_path().move_to(x(0), area.top).vertical_to(area.bottom()));
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      const measured_change& change = *rows.rows[i];
      draw_change(svg, change, x, rows.shares ? 100 : 1, top + (static_cast<double>(i) + 0.5) * row_height, area);
      const change_text text(change);
      table.rows.push_back({std::string(change.entry->title), text.before, text.after, text.difference, text.range,
                            text.adjusted, text.verdict});
      page.describe(sentences({std::string(change.entry->title) + ": from " + text.before + " to " + text.after +
                               ", difference " + text.difference + ", " + text.verdict}));
    }
    top = area.bottom() + 52;
  }
  page.table(std::move(table));
  return std::move(page).finish(top - 4);
}

}  // namespace

drawn_figure draw_changes_figure(std::span<const figure_source> sources, const figure_options& options) {
  if (sources[1].diff != nullptr) return draw(*sources[1].diff, options);
  const auto name_of = [&](std::size_t i) {
    return i < options.names.size() ? options.names[i] : std::string(i == 0 ? "old" : "new");
  };
  const metric_options& metric = sources[1].result.options.metric;
  return draw(
      diff(*sources[0].whole, *sources[1].whole, {.level = metric.level, .metric = metric}, name_of(0), name_of(1)),
      options);
}

}  // namespace calibrant::detail
