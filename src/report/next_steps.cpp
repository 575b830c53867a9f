#include <algorithm>
#include <string>
#include <vector>

#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

struct next_step {
  std::string words;
  std::vector<std::string> commands = {};
};

bool is_off(const panel& shown) {
  return shown.headline.starts_with("over") || shown.headline.starts_with("under") ||
         shown.headline.starts_with("miscalibrated");
}

void add_verdict(std::vector<next_step>& steps, const page_source& source) {
  const panel& total = source.result.total;
  const bool scores = source.result.config.kind != score_kind::top_label;
  const std::string kind = source.result.config.kind == score_kind::logits ? "--logits" : "--probabilities";
  if (is_off(total) && scores) {
    const std::string kinds = kind == "--logits" ? "--kinds logits,probabilities" : kind;
    steps.push_back({"Learn a correction from other rows than these, and apply it to these.",
                     {"calibrant fit held_out.csv " + kind + " -o model.calibrant",
                      "calibrant apply model.calibrant these.csv -o corrected.csv"}});
    steps.push_back({"Then see on the same rows what it changed, and whether that is more than chance.",
                     {"calibrant compare these.csv corrected.csv " + kinds}});
  } else if (is_off(total)) {
    steps.push_back(
        {"The confidences cannot be taken at their word. With the scores of all classes a calibrator can "
         "be fitted (calibrant fit)."});
  } else if (source.result.counts.soft_labels > 0) {
    steps.push_back(
        {"Labels are soft, so nothing here tests whether confidences are right; labels that are one class "
         "per row can."});
  } else {
    const estimate* const ece = total.find("ece");
    const std::string bound = ece != nullptr && ece->uncertainty.bounds
                                  ? " The calibration error may still be up to " +
                                        share_text(ece->uncertainty.bounds->upper) +
                                        "; four times as many rows about halve "
                                        "what is left open."
                                  : "";
    steps.push_back({"These rows give no reason to correct the probabilities." + bound});
  }
}

void add_data(std::vector<next_step>& steps, const page_source& source) {
  for (const evaluation_warning& warning : source.result.total.warnings) {
    if (warning.code == "few_rows")
      steps.push_back({"Label more rows before you decide: with so few, intervals are all that can be trusted."});
    if (warning.code == "saturated")
      steps.push_back(
          {"Save logits instead of rounded probabilities: confidences of practically 1 cannot be told apart, "
           "and a calibrator learns little from them."});
  }
}

void add_worst_class(std::vector<next_step>& steps, const page_source& source) {
  if (source.result.total.per_class.empty()) return;
  const std::size_t k = classes_by_error(source).front();
  const class_row& row = source.result.total.per_class[k];
  if (!row.uncertainty.bounds || !(row.uncertainty.bounds->lower > 0)) return;
  steps.push_back({"Look at the class " + shown_name(source.result.config.classes[k]) + " first: its error is " +
                   share_text(row.calibration_error) + ", at least " + share_text(row.uncertainty.bounds->lower) +
                   "."});
}

void add_groups(std::vector<next_step>& steps, const page_source& source) {
  std::vector<std::string> off;
  for (const auto& [name, group] : source.result.groups)
    if (is_off(group)) off.push_back(name.empty() ? "(empty)" : shown_name(name));
  if (off.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min<std::size_t>(off.size(), 5); ++i) names += (i == 0 ? "" : ", ") + off[i];
  if (off.size() > 5) names += " and " + std::to_string(off.size() - 5) + " more";
  steps.push_back({"Look at the groups one by one: of " + std::to_string(source.result.groups.size()) + ", " +
                   std::to_string(off.size()) + (off.size() == 1 ? " is" : " are") + " off by their own intervals (" +
                   names + "). One calibrator for all rows does not make each group right."});
}

}  // namespace

void write_next_steps(html_writer& page, const page_source& source) {
  std::vector<next_step> steps;
  add_verdict(steps, source);
  add_data(steps, source);
  add_worst_class(steps, source);
  add_groups(steps, source);
  page.open("section", {{"id", "next"}, {"class", "card"}, {"aria-labelledby", "next-title"}});
  page.element("h2", {{"id", "next-title"}}, "What to do next");
  page.open("ol");
  for (const next_step& step : steps) {
    page.open("li").text(step.words);
    for (const std::string& command : step.commands) page.open("pre").element("code", command).close();
    page.close();
  }
  page.close().close();
}

}  // namespace calibrant::detail
