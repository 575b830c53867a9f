#include <algorithm>
#include <cmath>
#include <set>

#include <calibrant/figures/number_text.hpp>
#include <calibrant/metrics/adaptive_calibration_error.hpp>
#include <calibrant/metrics/adaptive_classwise_error.hpp>
#include <calibrant/metrics/equal_width_error.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

struct error_at {
  std::size_t bins = 0;
  estimate error;
};

/// Round numbers of bins and that of the evaluation, as far as there are rows for them.
std::set<std::size_t> bin_counts(const figure_source& source) {
  std::set<std::size_t> counts;
  for (const std::size_t bins : {2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100})
    if (static_cast<double>(bins) <= source.state.confidences.sorted().total_weight()) counts.insert(bins);
  counts.insert(source.result.config.bins);
  return counts;
}

template <class Measure>
std::vector<error_at> errors_by_bins(const figure_source& source, Measure&& measure) {
  std::vector<error_at> errors;
  for (const std::size_t bins : bin_counts(source)) {
    metric_options options = source.result.options.metric;
    options.bins = bins;
    estimate error = measure(options);
    if (!error.value.value) continue;
    if (!labels_are_drawn(source)) {
      error.uncertainty = interval_estimate::none("");
      error.expected_if_calibrated = figure::none("");
    }
    errors.push_back({bins, std::move(error)});
  }
  return errors;
}

double highest_of(const std::vector<error_at>& errors) {
  double highest = 0;
  for (const error_at& e : errors)
    highest =
        std::max({highest, *e.error.value.value, e.error.uncertainty.bounds ? e.error.uncertainty.bounds->upper : 0,
                  e.error.expected_if_calibrated.value.value_or(0)});
  return highest;
}

/// A line with dots and intervals, and the values of a calibrated model in dashes. `shift` keeps two apart.
void draw_errors(svg_writer& svg, const std::vector<error_at>& errors, const axis_scale& x, const axis_scale& y,
                 double shift, const std::string& colour, const std::string& name) {
  svg_path line;
  svg_path expected;
  svg_path intervals;
  svg_path dots;
  std::string bins;
  std::string values;
  const auto go = [](svg_path& path, double to_x, double to_y) {
    path.empty() ? path.move_to(to_x, to_y) : path.line_to(to_x, to_y);
  };
  for (const error_at& e : errors) {
    const double place = x(static_cast<double>(e.bins)) + shift;
    go(line, place, y(*e.error.value.value));
    dots.dot(place, y(*e.error.value.value));
    if (const std::optional<interval>& bounds = e.error.uncertainty.bounds)
      intervals.move_to(place, y(bounds->lower)).vertical_to(y(bounds->upper));
    if (const std::optional<double> value = e.error.expected_if_calibrated.value) go(expected, place, y(*value));
    bins += (bins.empty() ? "" : " ") + std::to_string(e.bins);
    values += (values.empty() ? "" : " ") + exact_text(*e.error.value.value);
  }
  svg.open("g", {{"class", "cf-errors"}, {"data-metric", name}, {"data-bins", bins}, {"data-values", values}});
  svg.path("cf-" + colour + "-line cf-dashed cf-thin", expected);
  svg.path("cf-" + colour + "-line cf-thin", intervals);
  svg.path("cf-" + colour + "-line", line);
  svg.path("cf-" + colour + "-dots", dots);
  svg.close();
}

figure_table errors_table(const std::string& name, const std::vector<error_at>& errors) {
  figure_table table{.title = name, .columns = {"bins", "error", "interval", "if calibrated"}, .rows = {}};
  for (const error_at& e : errors) {
    const std::optional<double>& expected = e.error.expected_if_calibrated.value;
    table.rows.push_back({std::to_string(e.bins), fixed_text(*e.error.value.value, 4),
                          range_cell(e.error.uncertainty.bounds), expected ? fixed_text(*expected, 4) : "-"});
  }
  return table;
}

std::string in_words(const std::string& name, const std::vector<error_at>& errors) {
  std::string text;
  for (const error_at& e : errors)
    text += (text.empty() ? name + ": " : ", ") + share_text(e.error.value.value) + " with " + std::to_string(e.bins);
  return text.empty() ? text : text + " bins.";
}

void draw_panel_frame(svg_writer& svg, const plot_area& area, const axis_scale& x, const axis_scale& y,
                      const std::string& heading, const std::string& up) {
  draw_frame(svg, area, x, y, {.label = "number of bins", .ticks = 6}, {.label = up, .ticks = 5});
  svg.text(area.left, area.top - 9, "cf-text", heading);
}

}  // namespace

drawn_figure draw_bin_count_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const sorted_forecasts& sorted = source.state.confidences.sorted();
  const std::vector<error_at> width =
      errors_by_bins(source, [&](const metric_options& o) { return equal_width_error(sorted, o.bins, o); });
  const std::vector<error_at> mass =
      errors_by_bins(source, [&](const metric_options& o) { return adaptive_calibration_error(sorted, o); });
  // Class by class this sorts nothing again, but it reads every probability as often as there are numbers of bins.
  constexpr double most_values = 5e7;
  const double values = source.result.total.weight * static_cast<double>(source.result.config.classes.size());
  std::vector<error_at> classwise;
  if (!source.state.class_values.empty() && values <= most_values)
    classwise = errors_by_bins(
        source, [&](const metric_options& o) { return adaptive_classwise_error(source.state.class_values, o); });

  constexpr double panel = 300;
  const bool two = !classwise.empty();
  figure_page page(options, two ? 66 + panel + 66 + panel + 22 : 66 + 400 + 22, "Calibration error by number of bins");
  page.caption(sentences({"Few bins hide errors inside them, many bins add noise, which a calibrated model has too",
                          rows_sentence(source)}));
  std::vector<legend_item> legend;
  if (!width.empty() || two) legend.push_back({legend_mark::blue_line, "bins of equal width"});
  legend.push_back({legend_mark::orange_line, "bins of equal mass"});
  if (labels_are_drawn(source)) legend.push_back({legend_mark::ideal, "dashed: expected of a calibrated model"});
  page.legend(legend);

  svg_writer& svg = page.svg();
  const std::set<std::size_t> counts = bin_counts(source);
  const auto x_scale = [&](const plot_area& area) {
    return axis_scale::logarithmic(static_cast<double>(*counts.begin()), static_cast<double>(*counts.rbegin()),
                                   area.left + 10, area.right() - 10);
  };
  const plot_area area{.left = 66, .top = page.top() + 28, .width = two ? panel : 400, .height = 260};
  const axis_scale x = x_scale(area);
  const axis_scale y = axis_scale::counts(std::max(highest_of(width), highest_of(mass)), area.bottom(), area.top);
  draw_panel_frame(svg, area, x, y, "ECE of the predicted class", "error");
  draw_errors(svg, width, x, y, -1.5, "blue", "ece");
  draw_errors(svg, mass, x, y, 1.5, "orange", "adaptive_ece");
  page.describe(in_words("ECE, equal width", width));
  page.describe(in_words("ECE, equal mass", mass));
  page.table(errors_table("ECE, bins of equal width", width));
  page.table(errors_table("ECE, bins of equal mass", mass));
  if (two) {
    const plot_area right{.left = area.right() + 66, .top = area.top, .width = panel, .height = area.height};
    const axis_scale right_x = x_scale(right);
    const axis_scale right_y = axis_scale::counts(highest_of(classwise), right.bottom(), right.top);
    draw_panel_frame(svg, right, right_x, right_y, "ACE: all classes", "");
    draw_errors(svg, classwise, right_x, right_y, 0, "orange", "ace");
    page.describe(in_words("ACE", classwise));
    page.table(errors_table("ACE, all classes", classwise));
  }
  return std::move(page).finish(area.bottom() + 44);
}

}  // namespace calibrant::detail
