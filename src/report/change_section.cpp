#include <utility>

#include <calibrant/figures/change_text.hpp>
#include <calibrant/figures/metric_text.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

constexpr std::size_t members_shown = 50;

std::string exact(const std::optional<double>& x) { return x ? exact_text(*x) : std::string(); }

std::string tests_text(std::size_t tests) {
  return rows_number(static_cast<double>(tests)) + (tests == 1 ? " test" : " tests");
}

void write_row(html_writer& page, const member_change& row, bool members) {
  const measured_change& change = *row.change;
  const std::optional<interval>& bounds = change.uncertainty.bounds;
  const change_text text(change);
  page.open("tr", {{"data-member", row.member},
                   {"data-metric", change.entry->name},
                   {"data-old", exact(change.before.value.value)},
                   {"data-new", exact(change.after.value.value)},
                   {"data-value", exact(change.difference.value)},
                   {"data-lower", bounds ? exact_text(bounds->lower) : ""},
                   {"data-upper", bounds ? exact_text(bounds->upper) : ""},
                   {"data-p", exact(change.p_value.value)},
                   {"data-adjusted", exact(change.adjusted_p_value.value)},
                   {"data-verdict", name_of(change.verdict)}});
  if (members) {
    page.element("th", {{"scope", "row"}}, row.member.empty() ? "(empty)" : shown_name(row.member));
    page.element("td", change.entry->title);
  } else {
    page.element("th", {{"scope", "row"}}, change.entry->title);
  }
  page.element("td", text.before).element("td", text.after).element("td", text.difference);
  page.open("td").raw(difference_strip(change.difference, change.uncertainty)).close();
  page.element("td", text.range).element("td", text.adjusted).element("td", text.verdict).close();
}

void write_table(html_writer& page, const std::string& id, const std::string& caption,
                 const std::vector<member_change>& rows, const state_diff& result, const std::string& members = "") {
  page.open("div", {{"class", "scroll"}}).open("table", {{"id", id}});
  page.element("caption", caption).open("thead").open("tr");
  if (!members.empty()) page.element("th", {{"scope", "col"}}, members);
  for (const std::string& title :
       {std::string("metric"), std::string("old"), std::string("new"), std::string("difference"),
        std::string("around 0"), level_percent(result.options.level) + " interval", std::string("adjusted p-value"),
        std::string("verdict")})
    page.element("th", {{"scope", "col"}}, title);
  page.close().close().open("tbody");
  for (const member_change& row : rows) write_row(page, row, !members.empty());
  page.close().close().close();
}

/// Those that are more than chance, the surest first, or the sentence that there are none.
void write_found(html_writer& page, const std::string& what, std::vector<member_change> rows, std::size_t tests,
                 const state_diff& result) {
  if (tests == 0) return;
  const std::string id = "changed-" + what;
  page.open("section", {{"class", "card wide"}, {"aria-labelledby", id}});
  page.element("h3", {{"id", id}}, what == "class" ? "Classes that changed" : "Groups that changed");
  rows = significant(std::move(rows));
  const std::size_t all = rows.size();
  if (rows.size() > members_shown) rows.resize(members_shown);
  if (rows.empty())
    page.element("p", "No evidence of change in " + tests_text(tests) + ".");
  else
    write_table(page, what + "-change-table",
                rows_number(static_cast<double>(all)) + (all == 1 ? " change" : " changes") + " in " +
                    tests_text(tests) + (all > rows.size() ? ", the surest " + std::to_string(rows.size()) : ""),
                rows, result, what);
  page.close();
}

void write_mix(html_writer& page, const char* of, const mix_change& mix) {
  if (!mix.p_value.value) return;
  page.element("p",
               {{"data-mix", of},
                {"data-value", exact_text(mix.test.distance)},
                {"data-adjusted", exact(mix.adjusted_p_value.value)}},
               std::string("Mix of ") + of + ": " +
                   (mix.changed ? "shifted, by " + share_text(mix.test.distance) + " of the rows"
                                : std::string("no evidence of a shift")) +
                   " (adjusted p-value " + p_value_text(mix.adjusted_p_value) + ").");
}

}  // namespace

void write_changes(html_writer& page, const page_source& source) {
  if (source.baseline == nullptr) return;
  const state_diff& result = *source.options.diff;
  page.open("section", {{"id", "changes"}, {"aria-labelledby", "changes-title"}});
  page.element("h2", {{"id", "changes-title"}}, "What changed since " + shown_name(result.before.name));
  page.open("div", {{"class", "card"}});
  page.open("p", {{"data-diff", result.verdict}}).element("strong", result.verdict + ".").close();
  page.element("p", {{"class", "muted"}},
               rows_number(static_cast<double>(result.after.counts.measured)) + " rows against " +
                   rows_number(static_cast<double>(result.before.counts.measured)) +
                   " earlier ones, taken as independent samples. A verdict allows for all " +
                   tests_text(result.leading_tests) + " of the figure (Holm 1979).");
  write_mix(page, "classes", result.class_mix);
  write_mix(page, "groups", result.group_mix);
  for (const std::string& sentence : result.advice) {
    std::string words = sentence + ".";
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
    page.element("p", {{"data-advice", sentence}}, words);
  }
  if (!result.warnings.empty()) page.open("ul");
  for (const evaluation_warning& warning : result.warnings)
    page.element("li", {{"data-code", warning.code}}, warning.message);
  if (!result.warnings.empty()) page.close();
  page.close();
  page.open("div", {{"class", "figures"}});
  write_figure(page, source, "changes", source.baseline);
  write_figure(page, source, "before-after", source.baseline, "-baseline");

  page.open("section", {{"class", "card wide"}, {"aria-labelledby", "change-table-title"}});
  page.element("h3", {{"id", "change-table-title"}}, "Every number, old and new");
  page.element("p", {{"class", "muted"}},
               "Errors that chance makes larger, such as the ECE, are compared without that part, so their difference "
               "is not that of the two values. Adjusted p-values allow for the tests of the figure, or for the others "
               "among themselves.");
  std::vector<member_change> rows;
  for (const auto* const changes : {&result.leading, &result.further})
    for (const measured_change& change : *changes) rows.push_back({.change = &change});
  write_table(page, "change-table", "Metrics of both states", rows, result);
  page.close();

  write_found(page, "class", class_changes(result), result.class_tests, result);
  write_found(page, "group", group_changes(result), result.group_tests, result);
  page.close().close();
}

}  // namespace calibrant::detail
