#include "cli/markdown_summary.hpp"

#include <calibrant/version.hpp>

#include "cli/report_tables.hpp"
#include "cli/terminal.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

std::string heading(const std::string& title) { return "\n### " + title + "\n\n"; }

void add_warnings(std::string& text, const std::string& about, const panel& shown) {
  for (const evaluation_warning& warning : shown.warnings)
    text += "- " + markdown_escaped(about + printable(warning.message)) + '\n';
}

}  // namespace

std::string markdown_summary(const evaluation& result, bool every_class) {
  const panel& total = result.total;
  std::string text =
      "## Calibration: " + markdown_escaped(total.headline) + "\n\n" + markdown_escaped(data_sentence(result)) + "\n";

  std::string warnings;
  add_warnings(warnings, "", total);
  for (const auto& [name, group] : result.groups) add_warnings(warnings, printable(name) + ": ", group);
  if (!warnings.empty()) text += heading("Warnings") + warnings;

  text += heading("Metrics") + markdown(metric_table(total, result.options)) + '\n' + markdown_escaped(expected_note) +
          ".\n";
  if (has_missing_figures(total)) text += '\n' + markdown_escaped(missing_figure_note) + ".\n";
  for (const panel_metric& m : total.metrics)
    if (!m.result.value.value)
      text += '\n' +
              markdown_escaped(std::string(m.entry->title) + " has no value: " + printable(m.result.value.reason)) +
              ".\n";

  text += heading("Reliability") + markdown(reliability_table(total, result.options));
  if (!total.per_class.empty()) {
    const text_table classes = class_error_table(result, every_class ? total.per_class.size() : worst_classes_shown);
    text += heading(classes.title) + markdown(classes);
  }
  if (result.grouped) text += heading("Groups") + markdown(group_table(result, result.groups.size()));
  return text + "\nMade by calibrant " + std::string(version_string) + ".\n";
}

}  // namespace calibrant::cli
