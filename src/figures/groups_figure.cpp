#include <algorithm>
#include <cmath>

#include <calibrant/figures/number_text.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

struct group_row {
  std::string name;
  const panel* shown = nullptr;
};

/// All rows, then the groups by name; of very many those with the most rows.
std::vector<group_row> rows_of(const evaluation& result, std::size_t most) {
  std::vector<group_row> groups;
  groups.reserve(result.groups.size());
  for (const auto& [name, shown] : result.groups) groups.push_back({name, &shown});
  if (groups.size() > most) {
    std::stable_sort(groups.begin(), groups.end(),
                     [](const group_row& a, const group_row& b) { return a.shown->weight > b.shown->weight; });
    groups.resize(most);
    std::sort(groups.begin(), groups.end(), [](const group_row& a, const group_row& b) { return a.name < b.name; });
  }
  return groups;
}

struct ends {
  double lowest = 0;
  double highest = 0;
};

ends ends_of(const std::vector<group_row>& rows, const char* metric) {
  ends found;
  const auto reach = [&](double x) {
    found.lowest = std::min(found.lowest, x);
    found.highest = std::max(found.highest, x);
  };
  for (const group_row& row : rows) {
    const estimate* const e = row.shown->find(metric);
    if (e == nullptr || !e->value.value) continue;
    reach(*e->value.value);
    if (e->uncertainty.bounds) {
      reach(e->uncertainty.bounds->lower);
      reach(e->uncertainty.bounds->upper);
    }
    if (e->expected_if_calibrated.value) reach(*e->expected_if_calibrated.value);
  }
  return found;
}

axis_scale scale_of(const ends& data, const plot_area& area) {
  const double step = nice_step(std::max(data.highest - data.lowest, 1e-6) / 4);
  const double lowest = std::floor(data.lowest / step + 1e-9) * step;
  const double highest = std::ceil(data.highest / step - 1e-9) * step;
  return axis_scale::linear(lowest, highest, area.left, area.right());
}

void draw_estimate(svg_writer& svg, const estimate& e, const axis_scale& x, double y) {
  if (!e.value.value) return;
  if (e.expected_if_calibrated.value && *e.expected_if_calibrated.value != 0) {
    const double place = x(*e.expected_if_calibrated.value);
    svg.path("cf-orange-line", svg_path().move_to(place, y - 7).vertical_to(y + 7));
  }
  if (const std::optional<interval>& bounds = e.uncertainty.bounds)
    svg.path("cf-blue-line", svg_path().move_to(x(bounds->lower), y).horizontal_to(x(bounds->upper)));
  svg.element("circle", {{"class", "cf-dot"},
                         {"cx", x(*e.value.value)},
                         {"cy", y},
                         {"r", 4.2},
                         {"data-value", exact_text(*e.value.value)}});
}

}  // namespace

drawn_figure draw_groups_figure(std::span<const figure_source> sources, const figure_options& options) {
  constexpr std::size_t most_groups = 40;
  constexpr double row_height = 26;
  constexpr double names = 150;
  constexpr double counts = 62;
  constexpr double plot = 215;
  const figure_source& source = sources[0];
  const confidence_level level = source.result.options.metric.level;
  std::vector<group_row> rows = {{"", &source.result.total}};
  for (group_row& row : rows_of(source.result, most_groups)) rows.push_back(std::move(row));

  const double left = figure_page::margin + names + counts + 14;
  figure_page page(options, left + plot + 34 + plot + 20, "Groups side by side");
  page.caption(sentences({rows_number(static_cast<double>(source.result.groups.size())) + " groups, each with its " +
                              level_percent(level) + " interval",
                          rows_sentence(source)}));
  page.legend({{legend_mark::dot_with_interval, "observed, with interval"},
               {legend_mark::orange_tick, "expected of a calibrated model with as many rows"}});

  svg_writer& svg = page.svg();
  const double top = page.top() + 34;
  const plot_area ece{.left = left, .top = top, .width = plot, .height = static_cast<double>(rows.size()) * row_height};
  const plot_area gap{.left = ece.right() + 34, .top = top, .width = plot, .height = ece.height};
  const axis_scale ece_x = scale_of(ends_of(rows, "ece"), ece);
  const axis_scale gap_x = scale_of(ends_of(rows, "confidence_gap"), gap);
  const axis_scale none = axis_scale::linear(0, 1, ece.bottom(), ece.top);
  draw_frame(svg, ece, ece_x, none, {.ticks = 4}, {.numbers = false, .grid = false});
  draw_frame(svg, gap, gap_x, none, {.ticks = 4}, {.numbers = false, .grid = false});
  svg.text(ece.left, top - 10, "cf-text", "ECE");
  svg.text(gap.left, top - 10, "cf-text", "confidence less accuracy");
  svg.text(left - 14, top - 10, "cf-tick cf-end", "rows");
  svg.path("cf-ideal", svg_path().move_to(gap_x(0), gap.top).vertical_to(gap.bottom()));
  const auto put = [&](std::vector<std::string>& cells, const estimate* e) {
    cells.push_back(e != nullptr && e->value.value ? fixed_text(*e->value.value, 4) : "-");
    cells.push_back(e != nullptr ? range_cell(e->uncertainty.bounds) : "-");
  };
  figure_table table{
      .title = {}, .columns = {"group", "rows", "ECE", "interval", "confidence less accuracy", "interval"}, .rows = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const panel& shown = *rows[i].shown;
    const double y = top + (static_cast<double>(i) + 0.5) * row_height;
    const std::string name = i == 0 ? "all rows" : shown_name(rows[i].name, 300);
    const std::string title =
        sentences({name + ": " + rows_number(shown.weight) + " rows",
                   shown.find("ece") == nullptr ? "" : estimate_sentence("ECE", *shown.find("ece"), level),
                   shown.find("confidence_gap") == nullptr
                       ? ""
                       : estimate_sentence("Confidence less accuracy", *shown.find("confidence_gap"), level)});
    svg.open("g", {{"class", "cf-group"}, {"data-group", i == 0 ? std::string() : shown_name(rows[i].name)}});
    svg.text_element("title", {}, title);
    svg.text(figure_page::margin, y + 4, "cf-text", i == 0 ? "all rows" : fitted_name(rows[i].name, 12, names));
    svg.text(left - 14, y + 4, "cf-tick cf-end", rows_number(shown.weight));
    if (const estimate* const e = shown.find("ece")) draw_estimate(svg, *e, ece_x, y);
    if (const estimate* const e = shown.find("confidence_gap")) draw_estimate(svg, *e, gap_x, y);
    svg.close();
    page.describe(title);
    std::vector<std::string>& cells = table.rows.emplace_back();
    cells = {i == 0 ? "all rows" : shown_name(rows[i].name), rows_number(shown.weight)};
    put(cells, shown.find("ece"));
    put(cells, shown.find("confidence_gap"));
  }
  page.table(std::move(table));
  if (rows.size() > 1)
    svg.path("cf-grid", svg_path().move_to(figure_page::margin, top + row_height).horizontal_to(gap.right()));
  double bottom = ece.bottom() + 26;
  if (source.result.groups.size() > most_groups)
    bottom = page.note(bottom, "The " + std::to_string(most_groups) + " groups with the most rows.") + 4;
  return std::move(page).finish(bottom);
}

}  // namespace calibrant::detail
