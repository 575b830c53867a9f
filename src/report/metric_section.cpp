#include <calibrant/figures/metric_text.hpp>
#include <calibrant/figures/number_text.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

std::string_view direction(metric_direction better) {
  switch (better) {
    case metric_direction::lower:
      return "smaller is better";
    case metric_direction::higher:
      return "larger is better";
    case metric_direction::zero:
      return "best at 0";
    case metric_direction::none:
      break;
  }
  return "neither good nor bad";
}

void write_row(html_writer& page, const panel_metric& m, bool bootstrap) {
  const estimate& e = m.result;
  const metric_text text(*m.entry, e);
  const auto exact = [](const std::optional<double>& x) { return x ? exact_text(*x) : std::string(); };
  page.open("tr", {{"data-metric", m.entry->name},
                   {"data-value", exact(e.value.value)},
                   {"data-lower", e.uncertainty.bounds ? exact_text(e.uncertainty.bounds->lower) : ""},
                   {"data-upper", e.uncertainty.bounds ? exact_text(e.uncertainty.bounds->upper) : ""},
                   {"data-expected", exact(e.expected_if_calibrated.value)},
                   {"data-p", exact(e.p_value.value)}});
  page.open("th", {{"scope", "row"}});
  write_metric_name(page, *m.entry, e.uncertainty.method);
  if (!e.value.value) page.element("span", {{"class", "question"}}, "No value: " + e.value.reason);
  page.close();
  page.element("td", {{"data-label", "value"}}, text.value(e.value));
  page.element("td", {{"data-label", "interval"}}, text.range(e.uncertainty));
  page.element("td", {{"data-label", "if calibrated"}}, text.value(e.expected_if_calibrated));
  page.element("td", {{"data-label", "p-value"}}, p_value_text(e.p_value));
  if (bootstrap)
    page.element("td", {{"data-label", "by bootstrap"}}, m.bootstrap ? text.range(m.bootstrap->uncertainty) : "-");
  page.close();
}

}  // namespace

void write_metric_name(html_writer& page, const metric_entry& entry, const std::string& method) {
  const std::string id = "about-" + std::string(entry.name);
  page.open("span", {{"class", "term"}});
  page.element("button", {{"type", "button"}, {"aria-describedby", id}}, entry.title);
  page.open("span", {{"class", "tip"}, {"role", "tooltip"}, {"id", id}});
  page.element("span", {{"class", "formula"}}, entry.definition);
  page.element("span", "Range " + std::string(entry.range) + ", " + std::string(direction(entry.better)) + ".");
  if (!entry.edge_rules.empty()) page.element("span", entry.edge_rules);
  if (!method.empty()) page.element("span", "Interval: " + method + ".");
  if (!entry.citation.empty()) page.element("span", {{"class", "cite"}}, entry.citation);
  page.close().close();
  page.element("span", {{"class", "question"}}, entry.question);
}

void write_metrics(html_writer& page, const page_source& source) {
  const evaluation& result = source.result;
  const bool bootstrap = result.options.bootstrap > 0;
  page.open("section", {{"id", "numbers"}, {"aria-labelledby", "numbers-title"}});
  page.element("h2", {{"id", "numbers-title"}}, "Every number");
  page.open("div", {{"class", "card"}});
  page.element(
      "p", {{"class", "muted"}},
      "Point at a name, or move to it with the keyboard, for its definition. \u201cIf calibrated\u201d is what "
      "a perfectly calibrated model with these confidences would score on this many rows. A dash: not "
      "defined, or no construction of tested coverage.");
  page.open("table", {{"id", "metric-table"}});
  page.element("caption", "Metrics of " + rows_number(static_cast<double>(result.counts.measured)) + " rows");
  page.open("thead").open("tr");
  const std::string interval = level_percent(result.options.metric.level) + " interval";
  for (const std::string& title :
       {std::string("metric"), std::string("value"), interval, std::string("if calibrated"), std::string("p-value")})
    page.element("th", {{"scope", "col"}}, title);
  if (bootstrap) page.element("th", {{"scope", "col"}}, "by bootstrap");
  page.close().close().open("tbody");
  for (const panel_metric& m : result.total.metrics) write_row(page, m, bootstrap);
  page.close().close().close().close();
}

}  // namespace calibrant::detail
