#include "cli/model_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "cli/figure_text.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t value_column = 14;

void add_line(std::string& text, std::string_view name, const std::string& value, const terminal& screen) {
  const std::string start = fmt::format("{:<{}}", name, value_column);
  text += start + wrapped(value, value_column, screen.width) + '\n';
}

std::string loss_text(double loss) {
  return std::isfinite(loss) ? fmt::format("{:.4f}", loss) : std::string("infinite");
}

std::string parameter_text(const parameter& p) {
  if (p.values.size() == 1) {
    const double x = p.values.front();
    const std::string temperature = p.name == "beta" && p.shape.empty() ? fmt::format(" (T = {:.6g})", 1 / x) : "";
    return fmt::format("{} = {:.6g}{}", p.name, x, temperature);
  }
  const auto [least, most] = std::minmax_element(p.values.begin(), p.values.end());
  return fmt::format("{}: {} numbers{}", p.name, fmt::join(p.shape, " x "),
                     p.values.empty() ? "" : fmt::format(" from {:.4g} to {:.4g}", *least, *most));
}

std::string class_text(const class_names& classes) {
  constexpr std::size_t shown = 8;
  std::string text = count_text(static_cast<double>(classes.size())) + ": ";
  for (std::size_t k = 0; k < std::min(classes.size(), shown); ++k)
    text += (k == 0 ? "" : ", ") + printable(classes[k]);
  return text + (classes.size() > shown ? ", ..." : "");
}

}  // namespace

std::string model_text(const calibration_model& model, const terminal& screen) {
  std::string text;
  std::string settings;
  for (const auto& [name, value] : model.options) settings += fmt::format(", {} = {}", name, value);
  add_line(text, "method", fmt::format("{} ({}{})", model.method->title, model.method->name, settings), screen);
  add_line(text, "maps", fmt::format("{} to probabilities", name_of(model.kind)), screen);
  add_line(text, "classes", class_text(model.classes), screen);
  const training_record& training = model.training;
  add_line(text, "learned from",
           rows_text(static_cast<double>(training.counts.measured)) +
               (training.weighted ? fmt::format(" of weight {}", count_text(training.weight)) : std::string()) +
               (training.counts.skipped_total() > 0
                    ? fmt::format(", {} skipped", count_text(static_cast<double>(training.counts.skipped_total())))
                    : std::string()),
           screen);
  for (const source_info& source : training.sources)
    add_line(text, "", printable(source.path) + (source.sha256 ? ", sha256 " + source.sha256->substr(0, 16) : ""),
             screen);
  std::string learned;
  for (const parameter& p : model.map->parameters()) learned += (learned.empty() ? "" : "; ") + parameter_text(p);
  if (!learned.empty()) add_line(text, "learned", learned, screen);
  const fit_report& report = model.report;
  add_line(text, "log loss",
           fmt::format("{} before, {} after, on the rows it learned from", loss_text(report.loss_before.value()),
                       loss_text(report.loss_after.value())),
           screen);
  if (report.iterations > 0)
    add_line(text, "solver",
             fmt::format("{} passes, gradient {:.1e}, {}", report.iterations, report.gradient,
                         report.converged ? "converged" : "not converged"),
             screen);
  if (model.selection) {
    const selection_record& selection = *model.selection;
    add_line(text, "chosen", selection.reason, screen);
    if (selection.estimate)
      add_line(
          text, "expect",
          fmt::format("{} {} on other rows, {} uncorrected; by {}-fold cross-validation of the whole choice",
                      selection.score == selection_score::log_loss ? "log loss" : "Brier score",
                      loss_text(*selection.estimate),
                      selection.identity ? loss_text(*selection.identity) : std::string("infinite"), selection.folds),
          screen);
    else if (selection.folds > 0)
      add_line(text, "expect",
               fmt::format("nothing certain: in {}-fold cross-validation of the whole choice some fold chose a method "
                           "that gave a label of other rows the probability 0",
                           selection.folds),
               screen);
    for (const std::string& sentence : selection.left_out) add_line(text, "not tried", sentence, screen);
  }
  for (const fit_note& note : report.notes) add_line(text, "note", note.message, screen);
  return text;
}

}  // namespace calibrant::cli
