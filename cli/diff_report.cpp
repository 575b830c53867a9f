#include "cli/diff_report.hpp"

#include <limits>
#include <optional>
#include <vector>

#include <calibrant/figures/change_text.hpp>
#include <calibrant/version.hpp>

#include "cli/figure_text.hpp"
#include "cli/panel_writer.hpp"
#include "cli/report_tables.hpp"
#include "cli/text_table.hpp"

namespace calibrant::cli {
namespace {

constexpr std::size_t members_shown = 10;
constexpr const char* difference_note =
    "\"difference\": new less old. Errors that chance makes larger, such as the ECE, are compared without that part, "
    "so "
    "their difference is not that of the two values";
constexpr const char* verdict_note =
    "\"verdict\": by the p-value that allows for all tests of the table (Holm); \"no evidence\" does not mean equal";

std::string side_text(const diff_side& side) {
  std::string text = end_of_path(side.name) + " (" + rows_text(static_cast<double>(side.counts.measured));
  if (side.weighted) text += " of weight " + count_text(side.weight);
  if (const std::uint64_t skipped = side.counts.skipped_total(); skipped > 0)
    text += ", " + count_text(static_cast<double>(skipped)) + " left out";
  return text + ")";
}

std::string data_sentence(const state_diff& result) {
  std::string text = side_text(result.after) + " against " + side_text(result.before);
  if (result.classes.size() > 0) text += ", " + count_text(static_cast<double>(result.classes.size())) + " classes";
  return text;
}

text_table change_table(const std::string& title, const std::vector<member_change>& lines, const diff_options& options,
                        const std::string& members = "") {
  text_table table{title, {{"metric", alignment::left}}, {}};
  if (!members.empty()) table.columns.insert(table.columns.begin(), {members, alignment::left});
  table.columns.insert(table.columns.end(), {{"old", alignment::right, 2},
                                             {"new"},
                                             {"difference"},
                                             {level_text(options.level.level()) + " interval"},
                                             {"adjusted", alignment::right, 3},
                                             {"verdict", alignment::left}});
  for (const member_change& line : lines) {
    const measured_change& change = *line.change;
    const change_text text(change);
    std::vector<std::string> cells;
    if (!members.empty()) cells.push_back(line.member.empty() ? "(empty)" : printable(line.member));
    for (const std::string& cell : {std::string(change.entry->title), text.bare_before, text.after,
                                    text.bare_difference, text.range, text.adjusted, text.verdict})
      cells.push_back(cell);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

/// A leading metric that neither state can give says nothing here; the JSON result has its reason.
bool is_known(const measured_change& change) { return change.before.value.value || change.after.value.value; }

text_table leading_table(const state_diff& result) {
  std::vector<member_change> lines;
  for (const measured_change& change : result.leading)
    if (is_known(change)) lines.push_back({.change = &change});
  text_table table = change_table("What changed", lines, result.options);
  if (result.class_mix.p_value.value) {
    std::vector<std::string> cells(table.columns.size(), "");
    cells.front() = "Mix of classes";
    cells[3] = percent_text(result.class_mix.test.distance, 2);
    cells[5] = p_value_text(result.class_mix.adjusted_p_value);
    cells[6] = result.class_mix.changed ? "shifted" : "no evidence";
    table.rows.push_back(std::move(cells));
  }
  return table;
}

/// One table of findings, or the sentence that there are none.
struct findings {
  std::optional<text_table> table = {};
  std::string sentence = {};
};

findings findings_of(const std::string& what, std::vector<member_change> lines, std::size_t tests, std::size_t most,
                     const state_diff& result, const std::string& members = "") {
  const std::string of_tests = count_text(static_cast<double>(tests)) + (tests == 1 ? " test" : " tests");
  if (tests == 0) return {};
  lines = significant(std::move(lines));
  if (lines.empty()) return {.table = {}, .sentence = what + ": no evidence of change in " + of_tests};
  const std::size_t all = lines.size();
  if (lines.size() > most) lines.resize(most);
  findings shown{.table = change_table(what + ": what changed, of " + of_tests, lines, result.options, members)};
  if (all > lines.size())
    shown.sentence = count_text(static_cast<double>(all - lines.size())) +
                     (all - lines.size() == 1 ? " more change is" : " more changes are") + " in the JSON result";
  return shown;
}

std::vector<findings> all_findings(const state_diff& result, bool every_class) {
  std::vector<member_change> further;
  for (const measured_change& change : result.further) further.push_back({.change = &change});
  const std::size_t all = std::numeric_limits<std::size_t>::max();
  std::vector<findings> shown;
  shown.push_back(findings_of("Other metrics", std::move(further), result.further_tests, all, result));
  shown.push_back(findings_of("Classes", class_changes(result), result.class_tests, every_class ? all : members_shown,
                              result, "class"));
  shown.push_back(findings_of("Groups", group_changes(result), result.group_tests, members_shown, result, "group"));
  if (result.group_mix.changed)
    shown.push_back({.table = {},
                     .sentence = "Groups: their mix shifted, by " + percent_text(result.group_mix.test.distance, 2) +
                                 " of the rows (adjusted p-value " + p_value_text(result.group_mix.adjusted_p_value) +
                                 ")"});
  return shown;
}

text_style style_of(const std::string& verdict) {
  return verdict.starts_with("worse") ? text_style::red : text_style::bold;
}

}  // namespace

std::string terminal_diff(const state_diff& result, bool every_class, const terminal& screen) {
  panel_writer out(screen);
  out.headline(printable(result.verdict), style_of(result.verdict));
  out.paragraph(data_sentence(result));
  if (!result.warnings.empty()) out.blank();
  for (const evaluation_warning& warning : result.warnings) out.warning(printable(warning.message));
  out.titled_table(leading_table(result));
  out.note(difference_note);
  out.note(verdict_note);
  bool after_table = true;
  for (const findings& part : all_findings(result, every_class)) {
    if (part.table) out.titled_table(*part.table);
    if (part.sentence.empty()) continue;
    if (!part.table && after_table) out.blank();
    after_table = part.table.has_value();
    out.paragraph(part.sentence);
  }
  if (!result.advice.empty()) out.section("What to do");
  for (const std::string& sentence : result.advice) out.paragraph(printable(sentence));
  return out.take();
}

std::string markdown_diff(const state_diff& result, bool every_class) {
  std::string text = "## Diff: " + markdown_escaped(printable(result.verdict)) + "\n\n" +
                     markdown_escaped(data_sentence(result)) + "\n";
  if (!result.warnings.empty()) text += "\n### Warnings\n\n";
  for (const evaluation_warning& warning : result.warnings)
    text += "- " + markdown_escaped(printable(warning.message)) + '\n';
  const text_table leading = leading_table(result);
  text += "\n### " + leading.title + "\n\n" + markdown(leading) + '\n' + markdown_escaped(difference_note) + ".\n\n" +
          markdown_escaped(verdict_note) + ".\n";
  for (const findings& part : all_findings(result, every_class)) {
    if (part.table) text += "\n### " + markdown_escaped(part.table->title) + "\n\n" + markdown(*part.table);
    if (!part.sentence.empty()) text += '\n' + markdown_escaped(part.sentence) + ".\n";
  }
  if (!result.advice.empty()) text += "\n### What to do\n\n";
  for (const std::string& sentence : result.advice) text += "- " + markdown_escaped(printable(sentence)) + '\n';
  return text + "\nMade by calibrant " + std::string(version_string) + ".\n";
}

}  // namespace calibrant::cli
