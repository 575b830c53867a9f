#include "cli/comparison_report.hpp"

#include <algorithm>
#include <vector>

#include <calibrant/version.hpp>

#include "cli/figure_text.hpp"
#include "cli/report_tables.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t margin = 2;
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
  const std::string indent(margin, ' ');
  std::string text;
  const auto line = [&](const std::string& words) { text += words + '\n'; };
  const auto faint = [&](const std::string& words) {
    line(indent + styled(wrapped(words, margin, screen.width), text_style::faint, screen));
  };
  for (const compared_pair& pair : result.pairs)
    line(indent + styled(wrapped(printable(pair.verdict), margin, screen.width), text_style::bold, screen));
  line(indent + wrapped(data_sentence(result), margin, screen.width));
  if (!result.warnings.empty()) line("");
  for (const evaluation_warning& warning : result.warnings)
    line(indent + styled("!", text_style::yellow, screen) + ' ' +
         wrapped(printable(warning.message), margin + 2, screen.width));

  const auto section = [&](const text_table& table) {
    const std::vector<std::string> lines = aligned_lines(table, screen.width - margin);
    line("");
    line(styled(shortened(table.title, screen.width), text_style::bold, screen));
    line(indent + styled(lines.front(), text_style::faint, screen));
    for (std::size_t i = 1; i < lines.size(); ++i) line(indent + lines[i]);
  };
  section(model_table(result));
  for (const compared_pair& pair : result.pairs) section(difference_table(pair, result));
  faint(adjusted_note);
  if (has_gaps(result)) faint(missing_figure_note);
  return text;
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
