#include "cli/audit_text.hpp"

#include <utility>

#include <calibrant/catalog/calibrator_catalog.hpp>

#include "cli/comparison_report.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

/// Why the model is what it is, in one sentence.
std::string learned(const calibration_model& model) {
  const std::string rows = std::to_string(model.training.counts.measured) + " validation rows";
  if (model.selection) return model.selection->reason + " (" + rows + ")";
  return std::string(model.method->title) + " (" + std::string(model.method->name) + "), learned from " + rows;
}

}  // namespace

std::string audit_text(const audit_result& result, const evaluation& before, const evaluation& after,
                       const terminal& screen) {
  std::string text;
  for (const auto& [title, sentence] :
       {std::pair{"model", learned(result.model)}, std::pair{"before", before.total.headline},
        std::pair{"after", after.total.headline}})
    text += "  " + wrapped(printable(std::string(title) + ": " + sentence), 4, screen.width) + '\n';
  return text + '\n' + terminal_comparison(result.difference, screen);
}

std::string audit_summary(const audit_result& result, const evaluation& before, const evaluation& after) {
  std::string text = "# Calibration audit\n\n";
  text += "- **Model:** " + markdown_escaped(printable(learned(result.model))) + "\n";
  text += "- **Before:** " + markdown_escaped(before.total.headline) + "\n";
  text += "- **After:** " + markdown_escaped(after.total.headline) + "\n";
  for (const fit_note& note : result.model.report.notes)
    text += "- **Note:** " + markdown_escaped(printable(note.message)) + "\n";
  text += "\nTest rows, before and after the model:\n\n" + markdown_comparison(result.difference);
  text +=
      "\n`model.calibrant` maps new rows (`calibrant apply`), `report.html` shows everything, `evaluation.json` has "
      "every number of the corrected test rows, `state.cstate` can be merged and compared later.\n";
  return text;
}

}  // namespace calibrant::cli
