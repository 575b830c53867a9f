#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/reliability_marks.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {

drawn_figure draw_reliability_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  figure_page page(options, 460, "Reliability diagram");
  page.caption(sentences(
      {headline_sentence(source.result.total), metric_sentence(source, "ece", "ECE"), rows_sentence(source)}));
  page.legend(reliability_legend(source));
  page.describe(reliability_method(source));
  const reliability_data data{.bins = source.result.total.top_label,
                              .band = consistency_band(source.state.top_label.bins(), source)};
  const panel_words words{.x = "confidence", .y = "share that is right"};
  page.describe(bins_in_words(data.bins));
  page.table(bins_table(data, words));
  const double bottom =
      draw_reliability_panel(page.svg(), 62, page.top() + 8, 380, data, words, largest_count(data.bins), true);
  return std::move(page).finish(bottom + 4);
}

}  // namespace calibrant::detail
