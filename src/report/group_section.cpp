#include <calibrant/figures/metric_text.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

constexpr std::string_view group_metrics[] = {"accuracy", "mean_confidence", "ece"};

void write_group_row(html_writer& page, const std::string& name, const panel& group) {
  page.open("tr", {{"data-group", name}}).element("th", {{"scope", "row"}}, name);
  page.element("td", {{"data-v", exact_text(group.weight)}}, rows_number(group.weight));
  for (const std::string_view metric : group_metrics) {
    const panel_metric* found = nullptr;
    for (const panel_metric& m : group.metrics)
      if (m.entry->name == metric) found = &m;
    if (found == nullptr) continue;
    const metric_text text(*found->entry, found->result);
    page.element(
        "td",
        {{"data-metric", metric}, {"data-v", found->result.value.value ? exact_text(*found->result.value.value) : ""}},
        text.value(found->result.value));
    page.element("td", text.range(found->result.uncertainty));
  }
  page.element("td", {{"class", "words"}}, group.headline).close();
}

}  // namespace

void write_groups(html_writer& page, const page_source& source) {
  const evaluation& result = source.result;
  if (result.groups.empty()) return;
  page.open("section", {{"id", "groups"}, {"aria-labelledby", "groups-title"}});
  page.element("h2", {{"id", "groups-title"}}, "Groups");
  page.open("div", {{"class", "figures"}});
  write_figure(page, source, "groups");
  page.open("section", {{"class", "card wide"}, {"aria-labelledby", "group-table-title"}});
  page.element("h3", {{"id", "group-table-title"}}, "Every group");
  page.open("div", {{"class", "scroll tall"}}).open("table", {{"id", "group-table"}, {"class", "sortable"}});
  page.element("caption", rows_number(static_cast<double>(result.groups.size())) + " groups");
  page.open("thead").open("tr");
  for (const char* const title : {"group", "rows"}) page.element("th", {{"scope", "col"}}, title);
  for (const std::string_view metric : group_metrics)
    if (result.total.find(metric) != nullptr) {
      page.element("th", {{"scope", "col"}}, find_metric(metric)->title);
      page.element("th", {{"scope", "col"}}, level_percent(result.options.metric.level) + " interval");
    }
  page.element("th", {{"scope", "col"}}, "verdict").close().close().open("tbody");
  for (const auto& [name, group] : result.groups)
    write_group_row(page, name.empty() ? "(empty)" : shown_name(name), group);
  page.close().close().close().close().close().close();
}

void write_before_after(html_writer& page, const page_source& source) {
  if (source.before == nullptr) return;
  page.open("section", {{"id", "before-after"}, {"aria-labelledby", "before-after-title"}});
  page.element("h2", {{"id", "before-after-title"}}, "Before and after");
  page.open("div", {{"class", "figures"}});
  write_figure(page, source, "before-after", source.before);
  std::vector<std::vector<std::string>> rows;
  for (const panel_metric& m : source.result.total.metrics) {
    const estimate* const old = source.before->result.total.find(m.entry->name);
    if (old == nullptr || !old->value.value || !m.result.value.value) continue;
    const metric_text before(*m.entry, *old);
    const metric_text after(*m.entry, m.result);
    rows.push_back({std::string(m.entry->title), before.value(old->value), before.range(old->uncertainty),
                    after.value(m.result.value), after.range(m.result.uncertainty)});
  }
  const std::string interval = level_percent(source.result.options.metric.level) + " interval";
  page.open("section", {{"class", "card wide"}, {"aria-labelledby", "both-title"}});
  page.element("h3", {{"id", "both-title"}}, "Every number, before and after");
  page.element(
      "p", {{"class", "muted"}},
      "Each interval is for its own side. Whether a difference is more than chance on the same rows, calibrant "
      "compare tells.");
  write_table(page, "Metrics of both",
              {"metric", shown_name(source.options.name_before), interval, shown_name(source.options.name), interval},
              rows);
  page.close().close().close();
}

}  // namespace calibrant::detail
