#include <algorithm>

#include <calibrant/core/error.hpp>
#include <calibrant/figures/number_text.hpp>

#include "figures/detail/source_words.hpp"

namespace calibrant::detail {

std::string sentences(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : " ") + part + ".";
  return text;
}

std::string range_cell(const std::optional<interval>& range, int decimals) {
  return range ? fixed_text(range->lower, decimals) + " to " + fixed_text(range->upper, decimals) : "-";
}

std::string headline_sentence(const panel& shown) {
  std::string text = shown.headline;
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string metric_sentence(const figure_source& source, std::string_view metric, const std::string& name) {
  for (const panel_metric& m : source.result.total.metrics)
    if (m.entry->name == metric)
      return estimate_sentence(name, m.result, source.result.options.metric.level, m.entry->units == "probability");
  return "";
}

std::string rows_sentence(const figure_source& source) {
  return (source.result.weighted ? "Weight " : "n = ") + rows_number(source.result.total.weight);
}

bool labels_are_drawn(const figure_source& source) { return source.result.counts.soft_labels == 0; }

std::vector<std::size_t> worst_classes(const figure_source& source) {
  const std::vector<class_row>& rows = source.result.total.per_class;
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < rows.size(); ++k)
    if (rows[k].calibration_error) order.push_back(k);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return *rows[a].calibration_error > *rows[b].calibration_error;
  });
  return order;
}

std::size_t chosen_class(const figure_source& source, const figure_options& options) {
  if (!options.of_class) return worst_classes(source).front();
  const class_names& classes = source.result.config.classes;
  if (const auto found = classes.find(*options.of_class)) return static_cast<std::size_t>(*found);
  std::string known;
  constexpr std::size_t shown = 10;
  for (std::size_t k = 0; k < std::min(classes.size(), shown); ++k) known += (k == 0 ? "" : ", ") + classes[k];
  throw error(error_code::invalid_argument, "class: got \"" + *options.of_class + "\", expected one of " + known +
                                                (classes.size() > shown ? ", ..." : ""));
}

}  // namespace calibrant::detail
