#include "cli/gate_report.hpp"

#include <algorithm>
#include <vector>

#include <calibrant/version.hpp>

#include "cli/figure_text.hpp"
#include "cli/panel_writer.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t checks_shown = 40;
constexpr const char* bound_note =
    "\"bounds\": what the metric is at best and at worst, each with the probability of error that the gate allows; a "
    "limit fails where the best is beyond it and passes where the worst is within it";

std::string data_sentence(const gate_result& result) {
  std::string text = rows_text(static_cast<double>(result.counts.measured));
  if (result.weighted) text += " of weight " + count_text(result.weight);
  if (result.config.classes.size() > 0) text += ", " + std::to_string(result.config.classes.size()) + " classes";
  text += ", bounds of level " + level_text(result.options.level.level());
  return text + ", " + std::to_string(result.checks.size()) + (result.checks.size() == 1 ? " limit" : " limits");
}

estimate as_estimate(const gate_check& check) {
  estimate shown = estimate::none("");
  shown.value = check.value;
  if (check.at_worst.value && check.at_best.value) {
    const auto [low, high] = std::minmax(*check.at_best.value, *check.at_worst.value);
    shown.uncertainty = interval_estimate::of({low, high}, "");
  }
  return shown;
}

std::string member_of(const gate_check& check) {
  return check.scope == limit_scope::total   ? "all rows"
         : check.scope == limit_scope::group ? "group " + printable(check.member)
                                             : "class " + printable(check.member);
}

std::string limit_of(const gate_check& check, const metric_text& format) {
  if (check.rule == limit_rule::no_worse)
    return check.limit > 0 ? "worse by at most " + format.value(check.limit) : "not worse than before";
  return (check.rule == limit_rule::at_most ? "at most " : "at least ") + format.value(check.limit);
}

/// The checks to show: failures first, then open ones, at most checks_shown in all, each kind in the order of the
/// limits.
std::vector<const gate_check*> shown_checks(const gate_result& result) {
  std::vector<const gate_check*> shown;
  for (const gate_check& check : result.checks) shown.push_back(&check);
  const auto rank = [](const gate_check* c) {
    return c->outcome == gate_outcome::fail ? 0 : c->outcome == gate_outcome::inconclusive ? 1 : 2;
  };
  std::stable_sort(shown.begin(), shown.end(), [&](auto* a, auto* b) { return rank(a) < rank(b); });
  if (shown.size() > checks_shown) shown.resize(checks_shown);
  return shown;
}

text_table check_table(const gate_result& result) {
  text_table table{"Limits",
                   {{"metric", alignment::left},
                    {"of", alignment::left},
                    {"limit", alignment::left, 1},
                    {"value", alignment::right, 3},
                    {"bounds", alignment::right, 2},
                    {"outcome", alignment::left}},
                   {}};
  for (const gate_check* const check : shown_checks(result)) {
    metric_entry entry = *check->entry;
    if (check->rule == limit_rule::no_worse) entry.better = metric_direction::zero;  // a difference has a sign
    const estimate shown = as_estimate(*check);
    const metric_text format(entry, shown);
    table.rows.push_back(
        {std::string(check->entry->title), member_of(*check), limit_of(*check, format), format.value(check->value),
         format.range(shown.uncertainty),
         check->outcome == gate_outcome::inconclusive ? "cannot tell" : std::string(name_of(check->outcome))});
  }
  return table;
}

/// What to do, each sentence once.
std::vector<std::string> advice_of(const gate_result& result) {
  std::vector<std::string> advice;
  for (const gate_check* const check : shown_checks(result)) {
    if (check->advice.empty()) continue;
    std::string sentence = std::string(check->entry->title) + ": " + printable(check->advice);
    if (std::find(advice.begin(), advice.end(), sentence) == advice.end()) advice.push_back(std::move(sentence));
  }
  return advice;
}

std::string left_out_note(const gate_result& result) {
  if (result.checks.size() <= checks_shown) return {};
  return count_text(static_cast<double>(result.checks.size() - checks_shown)) +
         " more limits are in the JSON result; those that fail come first";
}

text_style style_of(gate_outcome outcome) {
  return outcome == gate_outcome::fail           ? text_style::red
         : outcome == gate_outcome::inconclusive ? text_style::yellow
                                                 : text_style::bold;
}

}  // namespace

std::string terminal_gate(const gate_result& result, const terminal& screen) {
  panel_writer out(screen);
  out.headline(printable(result.verdict), style_of(result.outcome));
  out.paragraph(data_sentence(result));
  if (!result.warnings.empty()) out.blank();
  for (const evaluation_warning& warning : result.warnings) out.warning(printable(warning.message));
  out.titled_table(check_table(result));
  if (const std::string note = left_out_note(result); !note.empty()) out.note(note);
  out.note(bound_note);
  const std::vector<std::string> advice = advice_of(result);
  if (!advice.empty()) out.section("What to do");
  for (const std::string& sentence : advice) out.paragraph(sentence);
  return out.take();
}

std::string markdown_gate(const gate_result& result) {
  std::string text = "## Calibration gate: " + markdown_escaped(printable(result.verdict)) + "\n\n" +
                     markdown_escaped(data_sentence(result)) + "\n";
  if (!result.warnings.empty()) text += "\n### Warnings\n\n";
  for (const evaluation_warning& warning : result.warnings)
    text += "- " + markdown_escaped(printable(warning.message)) + '\n';
  text += "\n### Limits\n\n" + markdown(check_table(result));
  if (const std::string note = left_out_note(result); !note.empty()) text += '\n' + markdown_escaped(note) + ".\n";
  text += '\n' + markdown_escaped(bound_note) + ".\n";
  const std::vector<std::string> advice = advice_of(result);
  if (!advice.empty()) text += "\n### What to do\n\n";
  for (const std::string& sentence : advice) text += "- " + markdown_escaped(sentence) + '\n';
  return text + "\nMade by calibrant " + std::string(version_string) + ".\n";
}

}  // namespace calibrant::cli
