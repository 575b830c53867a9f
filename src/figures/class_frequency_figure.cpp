#include <algorithm>
#include <cmath>

#include <calibrant/core/error.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/stats/clopper_pearson.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

struct class_point {
  std::size_t k = 0;
  double rows = 0;
  double place = 0;                     ///< on the paper
  double gap = 0;                       ///< mean confidence less share that is right, of the rows predicted as k
  std::optional<interval> bounds = {};  ///< of the gap, from that of the share

  [[nodiscard]] bool over() const { return bounds && bounds->lower > 0; }
  [[nodiscard]] bool under() const { return bounds && bounds->upper < 0; }
};

std::vector<class_point> class_points(const figure_source& source) {
  const std::vector<class_row>& table = source.result.total.per_class;
  std::vector<class_point> points;
  for (std::size_t k = 0; k < table.size(); ++k) {
    const class_row& row = table[k];
    if (!row.mean_confidence || !row.precision || !row.rows || !(*row.rows > 0)) continue;
    class_point point{.k = k, .rows = *row.rows, .gap = *row.mean_confidence - *row.precision};
    if (labels_are_drawn(source)) {
      const double n = source.state.top_label.predicted(k).effective_rows();
      const interval share = clopper_pearson(std::min(*row.precision * n, n), n, source.result.options.metric.level);
      point.bounds = interval{*row.mean_confidence - share.upper, *row.mean_confidence - share.lower};
    }
    points.push_back(point);
  }
  return points;
}

/// Few classes are marks of their own, with names and intervals; many are one path.
constexpr std::size_t most_single_marks = 100;

/// Where rows say, but classes with equally many side by side: of balanced data, over the whole width.
void place_points(std::vector<class_point>& points, const axis_scale& x, const plot_area& area, bool balanced) {
  std::stable_sort(points.begin(), points.end(), [](const class_point& a, const class_point& b) {
    return a.rows != b.rows ? a.rows < b.rows : a.gap > b.gap;
  });
  for (auto first = points.begin(); first != points.end();) {
    const auto last = std::find_if(first, points.end(), [&](const class_point& p) { return p.rows != first->rows; });
    const auto count = static_cast<double>(last - first);
    const bool apart = balanced || points.size() <= most_single_marks;
    const double step = balanced ? area.width / count : apart ? std::min(5.0, (area.width - 12) / count) : 0;
    const double half = step * (count - 1) / 2;
    const double middle = balanced ? area.left + area.width / 2
                                   : std::clamp(x(first->rows), area.left + half + 6, area.right() - half - 6);
    for (auto p = first; p != last; ++p) p->place = middle - half + step * static_cast<double>(p - first);
    first = last;
  }
}

/// Names stand beside the dots of few classes.
constexpr std::size_t most_names = 12;

struct box {
  double left;
  double right;
  double top;
  double bottom;

  [[nodiscard]] bool meets(const box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// To the right of the dot or else to the left, and nowhere if that covers another name or interval.
void draw_name(svg_writer& svg, const plot_area& area, std::vector<box>& taken, double x, double y,
               const std::string& name, double zero) {
  // Off the line of a calibrated model, which would strike the name through.
  if (std::abs(y - zero) < 8) y = zero - 9;
  const double width = text_width(name, 11);
  for (const bool to_left : {false, true}) {
    const double left = to_left ? x - 8 - width : x + 8;
    const box here{.left = left, .right = left + width, .top = y - 7, .bottom = y + 7};
    if (here.left < area.left || here.right > area.right()) continue;
    if (std::any_of(taken.begin(), taken.end(), [&](const box& other) { return here.meets(other); })) continue;
    taken.push_back(here);
    svg.text(to_left ? here.right : here.left, y + 4, to_left ? "cf-tick cf-end" : "cf-tick", name);
    return;
  }
}

const char* colour_of(const class_point& point) { return point.over() ? "orange" : point.under() ? "blue" : "grey"; }

}  // namespace

drawn_figure draw_class_frequency_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const class_names& classes = source.result.config.classes;
  std::vector<class_point> points = class_points(source);
  if (points.empty())
    throw error(error_code::missing_input,
                "class-frequency: no class is both predicted and the label of some row, expected one at least");
  const auto over = std::count_if(points.begin(), points.end(), [](const class_point& p) { return p.over(); });
  const auto under = std::count_if(points.begin(), points.end(), [](const class_point& p) { return p.under(); });
  const bool tested = labels_are_drawn(source);
  const confidence_level level = source.result.options.metric.level;

  figure_page page(options, 540, "Over- and under-confidence by class frequency");
  page.caption(sentences({tested ? "Of " + rows_number(static_cast<double>(points.size())) + " classes " +
                                       std::to_string(over) + (over == 1 ? " is" : " are") + " over-confident and " +
                                       std::to_string(under) + " under-confident, each by its own " +
                                       level_percent(level) + " interval, which is wrong about at most " +
                                       coordinate_text(100 * level.alpha()) + " % of calibrated classes"
                                 : rows_number(static_cast<double>(points.size())) + " classes",
                          rows_sentence(source)}));
  if (tested)
    page.legend({{legend_mark::orange_box, "over-confident"},
                 {legend_mark::blue_box, "under-confident"},
                 {legend_mark::grey_box, "cannot tell"}});

  double fewest = points[0].rows;
  double most = points[0].rows;
  double largest = 0.01;
  const bool single = points.size() <= most_single_marks;
  for (const class_point& p : points) {
    fewest = std::min(fewest, p.rows);
    most = std::max(most, p.rows);
    largest = std::max(largest, std::abs(p.gap));
    if (single && p.bounds) largest = std::max({largest, std::abs(p.bounds->lower), std::abs(p.bounds->upper)});
  }
  svg_writer& svg = page.svg();
  const plot_area area{.left = 74, .top = page.top() + 10, .width = 446, .height = 290};
  const axis_scale x = axis_scale::logarithmic(fewest, most, area.left + 14, area.right() - 14);
  const bool balanced = fewest == most;
  place_points(points, x, area, balanced);
  const double end = axis_scale::counts(largest, 0, 1).highest();
  const axis_scale y = axis_scale::linear(-end, end, area.bottom(), area.top);
  draw_frame(svg, area, x, y,
             {.label = balanced ? "classes of " + rows_number(most) + " rows each, in the order of the difference"
                                : "rows of the class",
              .ticks = 5,
              .numbers = !balanced,
              .grid = !balanced},
             {.label = "mean confidence less share that is right", .ticks = 6});
  svg.path("cf-ideal", svg_path().move_to(area.left, y(0)).horizontal_to(area.right()));
  svg.text(area.right() - 4, area.top + 13, "cf-note cf-end", "\u2191 over-confident");
  svg.text(area.right() - 4, area.bottom() - 6, "cf-note cf-end", "\u2193 under-confident");
  if (single) {
    figure_table table{
        .title = {}, .columns = {"class", "rows", "confidence less share that is right", "interval"}, .rows = {}};
    for (const class_point& p : points)
      table.rows.push_back({shown_name(classes[p.k]), rows_number(p.rows), fixed_text(p.gap, 4), range_cell(p.bounds)});
    page.table(std::move(table));
    std::vector<box> taken;
    for (const class_point& p : points) {
      const interval reach = p.bounds.value_or(interval{p.gap, p.gap});
      taken.push_back({p.place - 4, p.place + 4, y(reach.upper) - 4, y(reach.lower) + 4});
    }
    for (const class_point& p : points) {
      const std::string colour = colour_of(p);
      const std::string title = shown_name(classes[p.k], 300) + ": " + rows_number(p.rows) + " rows, " +
                                (p.gap < 0 ? "" : "+") + share_text(p.gap);
      svg.open("g", {{"class", "cf-class"},
                     {"data-class", shown_name(classes[p.k])},
                     {"data-rows", exact_text(p.rows)},
                     {"data-gap", exact_text(p.gap)}});
      svg.text_element("title", {}, title);
      if (p.bounds)
        svg.path(colour == "grey" ? "cf-axis" : "cf-" + colour + "-line cf-thin",
                 svg_path().move_to(p.place, y(p.bounds->lower)).vertical_to(y(p.bounds->upper)));
      svg.path("cf-" + colour + "-dots", svg_path().dot(p.place, y(p.gap)));
      if (points.size() <= most_names)
        draw_name(svg, area, taken, p.place, y(p.gap), fitted_name(classes[p.k], 11, 110), y(0));
      svg.close();
    }
  } else {
    for (const std::string colour : {"grey", "blue", "orange"}) {
      svg_path dots;
      for (const class_point& p : points)
        if (colour_of(p) == colour) dots.dot(p.place, y(p.gap));
      svg.path("cf-" + colour + "-dots", dots);
    }
  }
  std::vector<class_point> extreme = points;
  std::stable_sort(extreme.begin(), extreme.end(),
                   [](const class_point& a, const class_point& b) { return std::abs(a.gap) > std::abs(b.gap); });
  extreme.resize(std::min<std::size_t>(extreme.size(), 10));
  std::string words;
  for (const class_point& p : extreme)
    words += (words.empty() ? "The largest differences: " : "; ") + shown_name(classes[p.k]) + " " + share_text(p.gap);
  page.describe(words + ".");
  double bottom = area.bottom() + 44;
  if (const std::size_t left_out = classes.size() - points.size(); left_out > 0)
    bottom = page.note(bottom - 4, "Not shown: " + rows_number(static_cast<double>(left_out)) +
                                       (left_out == 1 ? " class that is" : " classes that are") +
                                       " never predicted or have no row.") +
             6;
  return std::move(page).finish(bottom);
}

}  // namespace calibrant::detail
