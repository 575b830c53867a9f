#include <algorithm>

#include <calibrant/figures/number_text.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/plot_frame.hpp"
#include "figures/detail/reliability_marks.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {
namespace {

/// A line down from above the plot, with its words beside its upper end.
void draw_mean(svg_writer& svg, const plot_area& area, double x, double level, const std::string& words, bool to_left) {
  const double top = area.top - 16 - 17 * level;
  const svg_path line = svg_path().move_to(x, top).vertical_to(area.bottom());
  svg.path("cf-halo", line).path("cf-mark", line);
  svg.text(to_left ? x - 5 : x + 5, top + 8, to_left ? "cf-label cf-end" : "cf-label", words);
}

}  // namespace

drawn_figure draw_confidence_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const std::vector<cell_pair>& cells = source.state.top_label.bins();
  const std::vector<reliability_bin>& bins = source.result.total.top_label;
  const cell all = source.state.top_label.all().sums;
  figure_page page(options, 520, "Confidence of right and wrong predictions");
  page.caption(sentences({headline_sentence(source.result.total), rows_sentence(source)}));
  page.legend({{legend_mark::blue_box, "right"}, {legend_mark::orange_box, "wrong"}});

  svg_writer& svg = page.svg();
  const plot_area area{.left = 66, .top = page.top() + 42, .width = 436, .height = 250};
  const axis_scale x = axis_scale::linear(0, 1, area.left, area.right());
  const axis_scale y = axis_scale::counts(largest_count(bins), area.bottom(), area.top);
  draw_frame(svg, area, x, y, {.label = "confidence", .grid = false}, {.label = "rows", .ticks = 4});
  std::string words;
  figure_table table{.title = {}, .columns = {"confidence", "right", "wrong"}, .rows = {}};
  for (std::size_t b = 0; b < bins.size(); ++b) {
    if (cells[b].empty()) continue;
    const double right = cells[b].sums.hits;
    const double wrong = cells[b].sums.weight - right;
    const double gap = std::min(1.5, (x(bins[b].upper) - x(bins[b].lower)) / 8);
    const double left = x(bins[b].lower) + gap / 2;
    const double width = x(bins[b].upper) - x(bins[b].lower) - gap;
    const std::string title = fixed_text(bins[b].lower, 3) + " to " + fixed_text(bins[b].upper, 3) + ": " +
                              rows_number(right) + " right, " + rows_number(wrong) + " wrong";
    words += (words.empty() ? "" : "; ") + title;
    table.rows.push_back(
        {range_cell(interval{bins[b].lower, bins[b].upper}, 3), rows_number(right), rows_number(wrong)});
    svg.open("g", {{"class", "cf-bin"},
                   {"data-lower", exact_text(bins[b].lower)},
                   {"data-upper", exact_text(bins[b].upper)},
                   {"data-right", exact_text(right)},
                   {"data-wrong", exact_text(wrong)}});
    svg.text_element("title", {}, title);
    const double border = y(right);
    if (right > 0) svg.path("cf-blue", svg_path().rectangle(left, border, width, area.bottom() - border));
    if (wrong > 0) {
      const double top = std::min(y(right + wrong), border - 0.8);
      svg.path("cf-orange", svg_path().rectangle(left, top, width, border - top));
    }
    svg.close();
  }
  const double confidence = all.confidence / all.weight;
  const double accuracy = all.hits / all.weight;
  // The words go to the side that has more room; where both go the same way they stand one above the other.
  draw_mean(svg, area, x(confidence), 1, "mean confidence " + share_text(confidence), confidence > 0.5);
  draw_mean(svg, area, x(accuracy), 0, "accuracy " + share_text(accuracy), accuracy > 0.5);
  page.describe(words + ".");
  page.table(std::move(table));
  return std::move(page).finish(area.bottom() + 44);
}

}  // namespace calibrant::detail
