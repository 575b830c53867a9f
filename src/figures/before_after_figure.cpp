#include <algorithm>

#include <calibrant/figures/number_text.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/reliability_marks.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {

drawn_figure draw_before_after_figure(std::span<const figure_source> sources, const figure_options& options) {
  constexpr double side = 300;
  constexpr double gap = 34;
  constexpr double left = 62;
  figure_page page(options, left + side + gap + side + 18, "Reliability before and after");
  const auto name_of_source = [&](std::size_t i) {
    return i < options.names.size() ? options.names[i] : std::string(i == 0 ? "before" : "after");
  };
  page.legend(reliability_legend(sources[0]));
  page.describe(reliability_method(sources[0]));

  double most = 0;
  for (const figure_source& source : sources) most = std::max(most, largest_count(source.result.total.top_label));
  const double top = page.top() + 8;
  double bottom = top;
  std::vector<std::vector<std::string>> captions;
  std::size_t lines = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string words = sentences({headline_sentence(sources[i].result.total),
                                         metric_sentence(sources[i], "ece", "ECE"), rows_sentence(sources[i])});
    captions.push_back(wrapped(words, 11.5, side));
    lines = std::max(lines, captions.back().size());
    page.describe(shown_name(name_of_source(i)) + ": " + words);
  }
  const double panel_top = top + 22 + 15 * static_cast<double>(lines) + 8;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const double x = left + static_cast<double>(i) * (side + gap);
    svg_writer& svg = page.svg();
    svg.open("g", {{"class", "cf-source"}, {"data-source", shown_name(name_of_source(i))}});
    svg.text(x, top + 14, "cf-title", fitted_name(name_of_source(i), 16.5, side));
    for (std::size_t line = 0; line < captions[i].size(); ++line)
      svg.text(x, top + 32 + 15 * static_cast<double>(line), "cf-note", captions[i][line]);
    const reliability_data data{.bins = sources[i].result.total.top_label,
                                .band = consistency_band(sources[i].state.top_label.bins(), sources[i])};
    const panel_words axes{.x = "confidence", .y = "share that is right"};
    page.describe(bins_in_words(data.bins));
    page.table(bins_table(data, axes, shown_name(name_of_source(i))));
    bottom = draw_reliability_panel(svg, x, panel_top, side, data, axes, most, i == 0);
    svg.close();
  }
  return std::move(page).finish(bottom + 4);
}

}  // namespace calibrant::detail
