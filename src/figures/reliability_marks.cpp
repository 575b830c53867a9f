#include <algorithm>
#include <cmath>

#include <calibrant/figures/number_text.hpp>
#include <calibrant/stats/consistency_interval.hpp>

#include "figures/detail/reliability_marks.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

std::string bin_title(const reliability_bin& bin) {
  std::string text = fixed_text(bin.lower, 3) + " to " + fixed_text(bin.upper, 3) + ": " + rows_number(bin.count) +
                     (bin.count == 1 ? " row" : " rows") + ", says " + share_text(bin.confidence) + ", is " +
                     share_text(bin.accuracy);
  if (bin.bounds) text += " (" + share_text(bin.bounds->lower) + " to " + share_text(bin.bounds->upper) + ")";
  return text;
}

void draw_band(svg_writer& svg, const reliability_data& data, const axis_scale& x, const axis_scale& y) {
  svg_path fill;
  svg_path edges;
  for (std::size_t b = 0; b < data.bins.size(); ++b) {
    if (!data.band[b]) continue;
    const double left = x(data.bins[b].lower);
    const double right = x(data.bins[b].upper);
    const double top = y(data.band[b]->upper);
    const double bottom = y(data.band[b]->lower);
    fill.rectangle(left, top, right - left, bottom - top);
    edges.move_to(left, top).horizontal_to(right).move_to(left, bottom).horizontal_to(right);
  }
  svg.path("cf-band", fill);
  svg.path("cf-edge", edges);
}

struct bar {
  double left;
  double width;
  double height;
};

/// With gaps between neighbours; one row of very many is still a line that can be seen.
bar bar_of(const reliability_bin& bin, const plot_area& area, double height) {
  const axis_scale x = axis_scale::linear(0, 1, area.left, area.right());
  const double room = x(bin.upper) - x(bin.lower);
  const double gap = std::min(1.5, room / 8);
  return {.left = x(bin.lower) + gap / 2, .width = room - gap, .height = std::max(height, 0.8)};
}

void draw_diagonal(svg_writer& svg, const axis_scale& x, const axis_scale& y) {
  svg.path("cf-ideal", svg_path().move_to(x(0), y(0)).line_to(x(1), y(1)));
}

}  // namespace

std::vector<std::optional<interval>> consistency_band(std::span<const cell_pair> cells, const figure_source& source) {
  std::vector<std::optional<interval>> band(cells.size());
  if (!labels_are_drawn(source)) return band;
  for (std::size_t b = 0; b < cells.size(); ++b)
    if (!cells[b].empty())
      band[b] = consistency_interval(std::clamp(cells[b].sums.confidence / cells[b].sums.weight, 0.0, 1.0),
                                     cells[b].effective_rows(), source.result.options.metric.level);
  return band;
}

std::vector<legend_item> reliability_legend(const figure_source& source) {
  if (!labels_are_drawn(source)) return {{legend_mark::dot, "observed"}, {legend_mark::ideal, "ideal"}};
  return {
      {legend_mark::dot_with_interval, "observed, " + level_percent(source.result.options.metric.level) + " interval"},
      {legend_mark::ideal, "ideal"},
      {legend_mark::band, "a calibrated model"}};
}

std::string reliability_method(const figure_source& source) {
  if (!labels_are_drawn(source)) return "Soft labels have no intervals of bins.";
  const std::string level = level_percent(source.result.options.metric.level);
  return "The interval of a bin is that of Clopper and Pearson at " + level +
         ", for this bin alone; the band is where the share of a calibrated model lies in " + level +
         " of samples, bin by bin.";
}

void draw_reliability(svg_writer& svg, const plot_area& area, const reliability_data& data) {
  const axis_scale x = axis_scale::linear(0, 1, area.left, area.right());
  const axis_scale y = axis_scale::linear(0, 1, area.bottom(), area.top);
  draw_band(svg, data, x, y);
  draw_diagonal(svg, x, y);
  const double radius = std::clamp(0.28 * area.width / static_cast<double>(data.bins.size()), 1.4, 4.2);
  // Very many bins would be one block of intervals.
  const bool many = data.bins.size() > 60;
  for (const reliability_bin& bin : data.bins) {
    if (!bin.confidence || !bin.accuracy) continue;
    const std::string low = bin.bounds ? exact_text(bin.bounds->lower) : "";
    const std::string high = bin.bounds ? exact_text(bin.bounds->upper) : "";
    svg.open("g", {{"class", "cf-bin"},
                   {"data-lower", exact_text(bin.lower)},
                   {"data-upper", exact_text(bin.upper)},
                   {"data-count", exact_text(bin.count)},
                   {"data-confidence", exact_text(*bin.confidence)},
                   {"data-accuracy", exact_text(*bin.accuracy)},
                   {"data-interval", bin.bounds ? low + " " + high : ""}});
    svg.text_element("title", {}, bin_title(bin));
    if (bin.bounds)
      svg.path(many ? "cf-blue-line cf-hair" : "cf-blue-line",
               svg_path().move_to(x(*bin.confidence), y(bin.bounds->lower)).vertical_to(y(bin.bounds->upper)));
    svg.element(
        "circle",
        {{"class", many ? "cf-blue" : "cf-dot"}, {"cx", x(*bin.confidence)}, {"cy", y(*bin.accuracy)}, {"r", radius}});
    svg.close();
  }
}

void draw_small_reliability(svg_writer& svg, const plot_area& area, const reliability_data& data) {
  const axis_scale x = axis_scale::linear(0, 1, area.left, area.right());
  const axis_scale y = axis_scale::linear(0, 1, area.bottom(), area.top);
  draw_band(svg, data, x, y);
  draw_diagonal(svg, x, y);
  svg_path intervals;
  svg_path dots;
  for (const reliability_bin& bin : data.bins) {
    if (!bin.confidence || !bin.accuracy) continue;
    if (bin.bounds) intervals.move_to(x(*bin.confidence), y(bin.bounds->lower)).vertical_to(y(bin.bounds->upper));
    dots.dot(x(*bin.confidence), y(*bin.accuracy));
  }
  svg.path("cf-blue-line cf-thin", intervals);
  svg.path("cf-blue-dots", dots);
}

void draw_counts(svg_writer& svg, const plot_area& area, std::span<const reliability_bin> bins, double highest) {
  const axis_scale y = axis_scale::counts(highest, area.bottom(), area.top);
  for (const reliability_bin& bin : bins) {
    if (!(bin.count > 0)) continue;
    const bar place = bar_of(bin, area, area.bottom() - y(bin.count));
    svg.open("rect", {{"class", "cf-grey"},
                      {"x", place.left},
                      {"y", area.bottom() - place.height},
                      {"width", place.width},
                      {"height", place.height},
                      {"data-count", exact_text(bin.count)}});
    svg.text_element("title", {}, rows_number(bin.count) + (bin.count == 1 ? " row" : " rows"));
    svg.close();
  }
}

void draw_small_counts(svg_writer& svg, const plot_area& area, std::span<const reliability_bin> bins, double highest) {
  svg_path bars;
  for (const reliability_bin& bin : bins) {
    if (!(bin.count > 0)) continue;
    const bar place = bar_of(bin, area, area.height * std::log1p(bin.count) / std::log1p(highest));
    bars.rectangle(place.left, area.bottom() - place.height, place.width, place.height);
  }
  svg.path("cf-grey", bars);
}

double draw_reliability_panel(svg_writer& svg, double left, double top, double side, const reliability_data& data,
                              const panel_words& words, double most_rows, bool first) {
  const plot_area square{.left = left, .top = top, .width = side, .height = side};
  const plot_area foot{.left = left, .top = square.bottom() + 12, .width = side, .height = 58};
  draw_frame(svg, square, axis_scale::linear(0, 1, square.left, square.right()),
             axis_scale::linear(0, 1, square.bottom(), square.top), {.numbers = false},
             {.label = first ? words.y : "", .numbers = first});
  draw_reliability(svg, square, data);
  // A page with a script draws what is in this group again, on a scale of logarithms.
  svg.open("g", {{"class", "cf-counts"},
                 {"data-area", coordinate_text(foot.left) + " " + coordinate_text(foot.top) + " " +
                                   coordinate_text(foot.width) + " " + coordinate_text(foot.height)},
                 {"data-most", exact_text(most_rows)},
                 {"data-label", words.x}});
  draw_frame(svg, foot, axis_scale::linear(0, 1, foot.left, foot.right()),
             axis_scale::counts(most_rows, foot.bottom(), foot.top), {.label = words.x, .grid = false},
             {.label = first ? "rows" : "", .ticks = 2, .numbers = first});
  draw_counts(svg, foot, data.bins, most_rows);
  svg.close();
  return foot.bottom() + 40;
}

figure_table bins_table(const reliability_data& data, const panel_words& words, std::string title) {
  figure_table table{.title = std::move(title), .columns = {"bin", "rows", words.x, words.y}, .rows = {}};
  const auto has_bounds = [](const reliability_bin& bin) { return bin.bounds.has_value(); };
  const bool intervals = std::any_of(data.bins.begin(), data.bins.end(), has_bounds);
  if (intervals) table.columns.insert(table.columns.end(), {"interval", "a calibrated model"});
  for (std::size_t b = 0; b < data.bins.size(); ++b) {
    const reliability_bin& bin = data.bins[b];
    if (!bin.confidence || !bin.accuracy) continue;
    std::vector<std::string>& row = table.rows.emplace_back();
    row = {range_cell(interval{bin.lower, bin.upper}, 3), rows_number(bin.count), fixed_text(*bin.confidence, 4),
           fixed_text(*bin.accuracy, 4)};
    if (intervals) row.insert(row.end(), {range_cell(bin.bounds), range_cell(data.band[b])});
  }
  return table;
}

std::string bins_in_words(std::span<const reliability_bin> bins) {
  std::string text;
  for (const reliability_bin& bin : bins)
    if (bin.count > 0) text += (text.empty() ? "" : "; ") + bin_title(bin);
  return text.empty() ? "No bin has rows." : text + ".";
}

double largest_count(std::span<const reliability_bin> bins) {
  double largest = 0;
  for (const reliability_bin& bin : bins) largest = std::max(largest, bin.count);
  return largest;
}

}  // namespace calibrant::detail
