#include <calibrant/figures/number_text.hpp>

#include "figures/detail/figure_list.hpp"
#include "figures/detail/figure_page.hpp"
#include "figures/detail/label_text.hpp"
#include "figures/detail/reliability_marks.hpp"
#include "figures/detail/source_words.hpp"

namespace calibrant::detail {

drawn_figure draw_class_figure(std::span<const figure_source> sources, const figure_options& options) {
  const figure_source& source = sources[0];
  const std::size_t k = chosen_class(source, options);
  const class_row& row = source.result.total.per_class[k];
  const confidence_level level = source.result.options.metric.level;
  figure_page page(
      options, 460,
      "Reliability of class " + fitted_name(source.result.config.classes[k], 16.5, 460 - 2 * figure_page::margin));

  const estimate error{.value = *row.calibration_error,
                       .uncertainty = row.uncertainty,
                       .expected_if_calibrated = figure::none("not computed for one class"),
                       .p_value = figure::none("not computed for one class"),
                       .details = {}};
  page.caption(sentences({"Says " + share_text(row.mean_probability) + " on average, is " + share_text(row.prevalence),
                          estimate_sentence("Error of the class", error, level), rows_sentence(source),
                          row.rows ? rows_number(*row.rows) + " of them are of the class" : ""}));
  const bool drawn_labels = labels_are_drawn(source);
  page.legend(reliability_legend(source));
  page.describe(reliability_method(source));

  std::vector<reliability_bin> bins = class_reliability(source.state.classwise, k, level);
  if (!drawn_labels)
    for (reliability_bin& bin : bins) bin.bounds.reset();
  const reliability_data data{.bins = bins, .band = consistency_band(source.state.classwise.class_bins(k), source)};
  const panel_words words{.x = "probability of the class", .y = "share that is of the class"};
  page.describe(bins_in_words(bins));
  page.table(bins_table(data, words));
  const double bottom =
      draw_reliability_panel(page.svg(), 62, page.top() + 8, 380, data, words, largest_count(bins), true);
  return std::move(page).finish(bottom + 4);
}

}  // namespace calibrant::detail
