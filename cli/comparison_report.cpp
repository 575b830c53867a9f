#include "cli/comparison_report.hpp"

#include <algorithm>
#include <vector>

#include <calibrant/version.hpp>

#include "cli/figure_text.hpp"
#include "cli/panel_writer.hpp"
#include "cli/report_tables.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* adjusted_note =
    "\"adjusted\": p-value that allows for all tests of this table and the others (Holm); the verdict rests on it";

std::string data_sentence(const comparison& result) {
  std::string text = rows_text(static_cast<double>(result.rows));
  if (result.weighted) text += " of weight " + count_text(result.weight);
  if (result.classes.size() > 0) text += ", " + std::to_string(result.classes.size()) + " classes";
  text += result.by_id ? ", joined by id" : ", matched by position";
  return text;
}

/// One row per model.
text_table model_table(const comparison& result) {
  text_table table{"Models", {{"model", alignment::left}}, {}};
  int drop = 0;  // the log loss stays the longest, the ECE goes first: its difference tells the least
  for (const panel_metric& m : result.models.front().metrics)
    table.columns.push_back({std::string(m.entry->title), alignment::right, m.entry->name == "ece" ? 9 : drop++});
  for (const compared_model& model : result.models) {
    std::vector<std::string> cells = {end_of_path(model.name)};
    for (const panel_metric& m : model.metrics) cells.push_back(metric_text(*m.entry, m.result).value(m.result.value));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

text_table difference_table(const compared_pair& pair, const comparison& result) {
  text_table table{
      end_of_path(result.models[pair.model].name) + " minus " + end_of_path(result.models[pair.baseline].name),
      {{"metric", alignment::left},
       {"difference"},
       {level_text(result.options.level.level()) + " interval", alignment::right, 1},
       {"p-value", alignment::right, 2},
       {"adjusted"}},
      {}};
  for (const paired_difference& d : pair.differences) {
    metric_entry shown = *d.entry;
    shown.better = metric_direction::zero;  // a difference has a sign
    const estimate value{d.value, d.uncertainty, figure::none(""), d.p_value, {}};
    const metric_text format(shown, value);
    table.rows.push_back({std::string(d.entry->title), format.value(d.value), format.range(d.uncertainty),
                          p_value_text(d.p_value), p_value_text(d.adjusted_p_value)});
  }
  return table;
}

bool has_gaps(const comparison& result) {
  return std::any_of(result.pairs.begin(), result.pairs.end(), [](const compared_pair& pair) {
    return std::any_of(pair.differences.begin(), pair.differences.end(),
                       [](const paired_difference& d) { return !d.uncertainty.bounds; });
  });
}

}  // namespace

std::string terminal_comparison(const comparison& result, const terminal& screen) {
  panel_writer out(screen);
  for (const compared_pair& pair : result.pairs) out.headline(printable(pair.verdict));
  out.paragraph(data_sentence(result));
  if (!result.warnings.empty()) out.blank();
  for (const evaluation_warning& warning : result.warnings) out.warning(printable(warning.message));
  out.titled_table(model_table(result));
  for (const compared_pair& pair : result.pairs) out.titled_table(difference_table(pair, result));
  out.note(adjusted_note);
  if (has_gaps(result)) out.note(missing_figure_note);
  return out.take();
}

std::string markdown_comparison(const comparison& result) {
  std::string text = "## Comparison of " + std::to_string(result.models.size()) + " models\n\n";
  for (const compared_pair& pair : result.pairs) text += "- " + markdown_escaped(printable(pair.verdict)) + "\n";
  text += '\n' + markdown_escaped(data_sentence(result)) + "\n";
  if (!result.warnings.empty()) text += "\n### Warnings\n\n";
  for (const evaluation_warning& warning : result.warnings)
    text += "- " + markdown_escaped(printable(warning.message)) + '\n';
  text += "\n### Models\n\n" + markdown(model_table(result));
  for (const compared_pair& pair : result.pairs) {
    const text_table table = difference_table(pair, result);
    text += "\n### " + markdown_escaped(table.title) + "\n\n" + markdown(table);
  }
  text += '\n' + markdown_escaped(adjusted_note) + ".\n";
  if (has_gaps(result)) text += '\n' + markdown_escaped(missing_figure_note) + ".\n";
  return text + "\nMade by calibrant " + std::string(version_string) + ".\n";
}

}  // namespace calibrant::cli
