#include <algorithm>

#include <calibrant/figures/number_text.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/reliability_marks.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

constexpr std::size_t columns = 4;
constexpr double side = 148;
constexpr double gap = 24;
constexpr double left_margin = 40;

/// One quantity of the bins that have rows, separated by spaces.
template <class Quantity>
std::string listed(const std::vector<reliability_bin>& bins, Quantity&& quantity) {
  std::string text;
  for (const reliability_bin& bin : bins)
    if (bin.count > 0) text += (text.empty() ? "" : " ") + exact_text(quantity(bin));
  return text;
}

}  // namespace

drawn_figure draw_classes_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const panel& shown = source.result.total;
  const class_names& classes = source.result.config.classes;
  const confidence_level level = source.result.options.metric.level;
  const bool drawn_labels = labels_are_drawn(source);
  std::vector<std::size_t> order = worst_classes(source);
  order.resize(std::min(order.size(), std::max<std::size_t>(options.most_classes, 1)));
  const std::size_t across = std::clamp<std::size_t>(order.size(), 3, columns);

  figure_page page(options, left_margin + static_cast<double>(across) * (side + gap) - gap + figure_page::margin,
                   order.size() < classes.size()
                       ? "Class-wise reliability: the " + std::to_string(order.size()) + " worst of " +
                             rows_number(static_cast<double>(classes.size())) + " classes"
                       : "Class-wise reliability: the largest error first");
  page.caption(sentences({metric_sentence(source, "classwise_ece", "Class-wise ECE"), rows_sentence(source)}));
  std::vector<legend_item> legend = reliability_legend(source);
  legend.push_back({legend_mark::grey_box, "rows per bin, on a log scale up to the number"});
  page.legend(legend);
  page.describe(reliability_method(source));

  svg_writer& svg = page.svg();
  constexpr double foot_height = 22;
  constexpr double row_height = 36 + side + foot_height + 42;
  const double first_top = page.top() + 4;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t k = order[i];
    const class_row& row = shown.per_class[k];
    const std::size_t line = i / across;
    const double left = left_margin + static_cast<double>(i % across) * (side + gap);
    const double top = first_top + static_cast<double>(line) * row_height;
    const bool first = i % across == 0;
    std::vector<reliability_bin> bins = class_reliability(source.state.classwise, k, level);
    if (!drawn_labels)
      for (reliability_bin& bin : bins) bin.bounds.reset();
    const reliability_data data{.bins = bins, .band = consistency_band(source.state.classwise.class_bins(k), source)};
    const std::string error = "error " + share_text(row.calibration_error) +
                              (row.rows ? ", " + short_count(*row.rows) + (*row.rows == 1 ? " row" : " rows") : "");
    svg.open("g", {{"class", "cf-class"},
                   {"data-class", shown_name(classes[k])},
                   {"data-error", exact_text(*row.calibration_error)},
                   {"data-count", listed(bins, [](const reliability_bin& bin) { return bin.count; })},
                   {"data-confidence", listed(bins, [](const reliability_bin& bin) { return *bin.confidence; })},
                   {"data-accuracy", listed(bins, [](const reliability_bin& bin) { return *bin.accuracy; })}});
    svg.text_element("title", {}, shown_name(classes[k], 300) + ": " + error);
    svg.text(left, top + 16, "cf-text", fitted_name(classes[k], 12, side));
    svg.text(left, top + 30, "cf-tick", error);
    const plot_area square{.left = left, .top = top + 36, .width = side, .height = side};
    draw_frame(svg, square, axis_scale::linear(0, 1, square.left, square.right()),
               axis_scale::linear(0, 1, square.bottom(), square.top), {.ticks = 2, .numbers = false},
               {.ticks = 2, .numbers = first, .brief = true});
    draw_small_reliability(svg, square, data);
    const plot_area foot{.left = left, .top = square.bottom() + 17, .width = side, .height = foot_height};
    const double most = largest_count(bins);
    draw_frame(svg, foot, axis_scale::linear(0, 1, foot.left, foot.right()),
               axis_scale::counts(most, foot.bottom(), foot.top), {.ticks = 2, .grid = false, .brief = true},
               {.numbers = false, .grid = false});
    draw_small_counts(svg, foot, bins, most);
    svg.text(foot.right(), foot.top - 3, "cf-tick cf-end", short_count(most));
    svg.close();
    page.describe(shown_name(classes[k]) + ": " + error + ".");
    page.table(
        bins_table(data, {.x = "probability of the class", .y = "share that is of the class"}, shown_name(classes[k])));
  }
  const std::size_t lines = (order.size() + across - 1) / across;
  const double bottom = page.note(first_top + static_cast<double>(lines) * row_height - 8,
                                  "Across: probability of the class. Up: share of rows that are of the class.");
  return std::move(page).finish(bottom + 6);
}

}  // namespace calibrant::detail
