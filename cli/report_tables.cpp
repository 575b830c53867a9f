#include "cli/report_tables.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cli/figure_text.hpp"
#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

std::string interval_header(const evaluation_options& options) {
  return level_text(options.metric.level.level()) + " interval";
}

std::string bounds_text(const std::optional<interval>& bounds, int decimals) {
  if (!bounds) return "-";
  return percent_text(bounds->lower, decimals) + " to " + percent_text(bounds->upper, decimals);
}

/// Which way the confidence of a class errs, judged on the rows predicted as it.
std::string direction_of(const class_row& row) {
  if (!row.precision || !row.mean_confidence) return "never predicted";
  if (*row.mean_confidence == *row.precision) return "exact";
  return *row.mean_confidence > *row.precision ? "over" : "under";
}

/// Metrics of the panel that compare groups best: the three that tell confidence from accuracy, or else the first
/// three.
std::vector<const metric_entry*> group_metrics(const panel& shown) {
  constexpr std::array<std::string_view, 3> preferred = {"accuracy", "mean_confidence", "ece"};
  std::vector<const metric_entry*> chosen;
  for (const panel_metric& m : shown.metrics)
    if (std::find(preferred.begin(), preferred.end(), m.entry->name) != preferred.end()) chosen.push_back(m.entry);
  for (const panel_metric& m : shown.metrics)
    if (chosen.size() < preferred.size() && std::find(chosen.begin(), chosen.end(), m.entry) == chosen.end())
      chosen.push_back(m.entry);
  return chosen;
}

/// The part of a headline before its evidence, e.g. "over-confident".
std::string verdict_of(const panel& shown) { return shown.headline.substr(0, shown.headline.find(':')); }

}  // namespace

std::string data_sentence(const evaluation& result) {
  const std::size_t K = result.config.classes.size();
  std::string text = rows_text(static_cast<double>(result.counts.measured)) + ", " +
                     (K == 0 ? "" : count_text(static_cast<double>(K)) + " classes, ") +
                     (result.config.kind != score_kind::top_label ? std::string(name_of(result.config.kind))
                      : K == 0                                    ? "confidences and whether they were right"
                                                                  : "confidences of the predicted class");
  if (result.weighted)
    text +=
        ", " + std::string(name_of(result.config.weights)) + " weights (total " + count_text(result.total.weight) + ")";
  if (result.counts.soft_labels > 0)
    text += ", soft labels in " + rows_text(static_cast<double>(result.counts.soft_labels));
  if (result.grouped)
    text += ", " + std::to_string(result.groups.size()) + (result.groups.size() == 1 ? " group" : " groups");
  if (!result.sources.empty()) text += ", from " + printable(result.sources.front().path);
  if (result.sources.size() > 1) text += " and " + std::to_string(result.sources.size() - 1) + " more";
  if (const std::uint64_t skipped = result.counts.skipped_total(); skipped > 0)
    text += "; " + rows_text(static_cast<double>(skipped)) + " left out";
  return text;
}

text_table metric_table(const panel& shown, const evaluation_options& options) {
  text_table table{"Metrics",
                   {{"metric", alignment::left},
                    {"value"},
                    {interval_header(options), alignment::right, 1},
                    {"if calibrated", alignment::right, 3},
                    {"p-value", alignment::right, 2}},
                   {}};
  if (options.bootstrap > 0) table.columns.push_back({"by bootstrap", alignment::right, 1});
  for (const panel_metric& m : shown.metrics) {
    const metric_text format(*m.entry, m.result);
    table.rows.push_back({std::string(m.entry->title), format.value(m.result.value), format.range(m.result.uncertainty),
                          format.value(m.result.expected_if_calibrated), p_value_text(m.result.p_value)});
    if (m.bootstrap) table.rows.back().push_back(format.range(m.bootstrap->uncertainty));
  }
  return table;
}

text_table class_error_table(const evaluation& result, std::size_t limit) {
  const std::vector<class_row>& classes = result.total.per_class;
  std::vector<std::size_t> order(classes.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return classes[a].calibration_error > classes[b].calibration_error;
  });
  order.resize(std::min(limit, order.size()));

  text_table table{order.size() < classes.size() ? "Worst classes" : "Classes",
                   {{"class", alignment::left},
                    {"rows", alignment::right, 1},
                    {"predicted", alignment::right, 4},
                    {"says"},
                    {"is right"},
                    {"error"},
                    {interval_header(result.options), alignment::right, 3},
                    {"confidence", alignment::left, 2}},
                   {}};
  for (const std::size_t k : order) {
    const class_row& row = classes[k];
    table.rows.push_back({printable(result.config.classes[k]), row.rows ? count_text(*row.rows) : "-",
                          count_text(row.predicted), percent_text(row.mean_confidence), percent_text(row.precision),
                          percent_text(row.calibration_error, 2), bounds_text(row.uncertainty.bounds, 2),
                          direction_of(row)});
  }
  return table;
}

text_table reliability_table(const panel& shown, const evaluation_options& options) {
  text_table table{"Reliability",
                   {{"confidence", alignment::left}, {"rows"}, {"says"}, {"is right"}, {interval_header(options)}},
                   {}};
  for (const reliability_bin& bin : shown.top_label)
    if (bin.count > 0)
      table.rows.push_back({percent_text(bin.lower) + " to " + percent_text(bin.upper), count_text(bin.count),
                            percent_text(bin.confidence), percent_text(bin.accuracy), bounds_text(bin.bounds, 1)});
  return table;
}

text_table group_table(const evaluation& result, std::size_t limit) {
  const std::vector<const metric_entry*> metrics = group_metrics(result.total);
  text_table table{"Groups", {{"group", alignment::left}, {"rows"}}, {}};
  // The last metric and its interval tell most; on a narrow screen the metrics before it go, the second one first.
  for (std::size_t i = 0; i < metrics.size(); ++i)
    table.columns.push_back(
        {std::string(metrics[i]->title), alignment::right, static_cast<int>(i + 1 < metrics.size() ? i + 1 : 0)});
  table.columns.push_back({interval_header(result.options), alignment::right, 4});
  table.columns.push_back({"verdict", alignment::left, 3});
  for (const auto& [name, group] : result.groups) {
    if (table.rows.size() == limit) break;
    std::vector<std::string> cells = {name.empty() ? "(empty)" : printable(name), count_text(group.weight)};
    std::string last_range = "-";
    for (const metric_entry* entry : metrics) {
      const estimate& e = *group.find(entry->name);
      const metric_text format(*entry, e);
      cells.push_back(format.value(e.value));
      last_range = format.range(e.uncertainty);
    }
    cells.push_back(last_range);
    cells.push_back(verdict_of(group));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

bool has_missing_figures(const panel& shown) {
  return std::any_of(shown.metrics.begin(), shown.metrics.end(), [](const panel_metric& m) {
    return !m.result.value.value || !m.result.uncertainty.bounds || !m.result.expected_if_calibrated.value ||
           !m.result.p_value.value;
  });
}

}  // namespace calibrant::cli
