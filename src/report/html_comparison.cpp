#include <calibrant/report/html_comparison.hpp>

#include <calibrant/figures/metric_text.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>
#include <calibrant/version.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant {
namespace {

using detail::html_writer;

std::string exact(const std::optional<double>& x) { return x ? exact_text(*x) : std::string(); }

/// The names of files are told apart by their ends.
std::string name_of_model(const comparison& result, std::size_t i) {
  const std::string& name = result.models[i].name;
  constexpr std::size_t most = 60;
  return shown_name(name.size() > most ? "..." + name.substr(name.size() - most) : name);
}

void write_header(html_writer& page, const comparison& result) {
  page.open("header", {{"class", "verdict calm"}});
  page.element("p", {{"class", "kicker"}}, "Comparison");
  if (result.pairs.size() == 1) {
    page.element("h1", {{"data-headline", result.pairs[0].verdict}}, result.pairs[0].verdict);
  } else {
    page.element("h1", std::to_string(result.models.size()) + " models on the same rows");
    page.open("ul");
    for (const compared_pair& pair : result.pairs) page.element("li", pair.verdict);
    page.close();
  }
  std::string data = rows_number(static_cast<double>(result.rows)) + " rows";
  if (result.classes.size() > 0) data += ", " + rows_number(static_cast<double>(result.classes.size())) + " classes";
  data += result.by_id ? ", joined by id" : ", matched by position";
  page.element("p", {{"class", "data"}}, data).close();
}

void write_warnings(html_writer& page, const comparison& result) {
  if (result.warnings.empty()) return;
  page.open("section", {{"class", "card warnings"}, {"aria-labelledby", "warnings-title"}});
  page.element("h2", {{"id", "warnings-title"}}, "Before you trust the numbers").open("ul");
  for (const evaluation_warning& warning : result.warnings)
    page.element("li", {{"data-code", warning.code}}, warning.message);
  page.close().close();
}

void write_models(html_writer& page, const comparison& result) {
  page.open("section", {{"id", "models"}, {"aria-labelledby", "models-title"}});
  page.element("h2", {{"id", "models-title"}}, "Models side by side");
  page.open("div", {{"class", "card"}}).open("table", {{"id", "model-table"}});
  page.element("caption", "Value and " + level_percent(result.options.level) + " interval of every model");
  page.open("thead").open("tr").element("th", {{"scope", "col"}}, "metric");
  for (std::size_t i = 0; i < result.models.size(); ++i)
    page.element("th", {{"scope", "col"}}, name_of_model(result, i));
  page.close().close().open("tbody");
  for (std::size_t m = 0; m < result.models.front().metrics.size(); ++m) {
    page.open("tr").open("th", {{"scope", "row"}});
    const panel_metric& first = result.models.front().metrics[m];
    detail::write_metric_name(page, *first.entry, first.result.uncertainty.method);
    page.close();
    for (const compared_model& model : result.models) {
      const panel_metric& metric = model.metrics[m];
      const metric_text text(*metric.entry, metric.result);
      page.open("td", {{"data-metric", metric.entry->name}, {"data-value", exact(metric.result.value.value)}});
      page.text(text.value(metric.result.value));
      if (metric.result.uncertainty.bounds)
        page.element("span", {{"class", "question"}}, text.range(metric.result.uncertainty));
      page.close();
    }
    page.close();
  }
  page.close().close().close().close();
}

void write_pair(html_writer& page, const comparison& result, std::size_t place) {
  const compared_pair& pair = result.pairs[place];
  const std::string id = "pair-" + std::to_string(place);
  page.open("section", {{"class", "card wide"}, {"aria-labelledby", id}});
  page.element("h3", {{"id", id}},
               name_of_model(result, pair.model) + " minus " + name_of_model(result, pair.baseline));
  page.element("p", pair.verdict + ".");
  page.open("div", {{"class", "scroll"}}).open("table");
  page.element("caption", "Differences " + std::to_string(place + 1)).open("thead").open("tr");
  const std::string interval = level_percent(result.options.level) + " interval";
  for (const std::string& title : {std::string("metric"), std::string("difference"), std::string("around 0"), interval,
                                   std::string("p-value"), std::string("adjusted")})
    page.element("th", {{"scope", "col"}}, title);
  page.close().close().open("tbody");
  for (const paired_difference& d : pair.differences) {
    metric_entry shown = *d.entry;
    shown.better = metric_direction::zero;  // a difference has a sign
    const metric_text text(shown, {d.value, d.uncertainty, figure::none(""), d.p_value, {}});
    page.open("tr", {{"data-metric", d.entry->name},
                     {"data-value", exact(d.value.value)},
                     {"data-lower", d.uncertainty.bounds ? exact_text(d.uncertainty.bounds->lower) : ""},
                     {"data-upper", d.uncertainty.bounds ? exact_text(d.uncertainty.bounds->upper) : ""},
                     {"data-p", exact(d.p_value.value)},
                     {"data-adjusted", exact(d.adjusted_p_value.value)}});
    page.element("th", {{"scope", "row"}}, d.entry->title).element("td", text.value(d.value));
    page.open("td")
        .raw(detail::difference_strip(d.value, d.uncertainty))
        .close()
        .element("td", text.range(d.uncertainty));
    page.element("td", p_value_text(d.p_value)).element("td", p_value_text(d.adjusted_p_value)).close();
  }
  page.close().close().close().close();
}

void write_pairs(html_writer& page, const comparison& result) {
  page.open("section", {{"id", "differences"}, {"aria-labelledby", "differences-title"}});
  page.element("h2", {{"id", "differences-title"}}, "Differences on the same rows");
  page.open("div", {{"class", "figures"}});
  for (std::size_t i = 0; i < result.pairs.size(); ++i) write_pair(page, result, i);
  page.close();
  page.element("p", {{"class", "muted"}},
               "\u201cAdjusted\u201d allows for all " + std::to_string(result.tests) +
                   " tests of this page (Holm 1979); the verdicts rest on it.");
  page.close();
}

void write_provenance(html_writer& page, const comparison& result, const std::string& command) {
  page.open("section", {{"id", "provenance"}, {"aria-labelledby", "provenance-title"}});
  page.element("h2", {{"id", "provenance-title"}}, "Provenance").open("div", {{"class", "card"}});
  if (!command.empty()) page.element("p", "This page again:").open("pre").element("code", command).close();
  std::vector<std::vector<std::string>> files;
  for (const compared_model& model : result.models)
    for (const source_info& each : model.sources)
      files.push_back(
          {shown_name(each.path, 300), rows_number(static_cast<double>(each.rows)), each.sha256.value_or("-")});
  detail::write_table(page, "Files that were read", {"file", "rows", "SHA-256"}, files);
  page.element("p", {{"class", "muted"}},
               "calibrant " + std::string(version_string) + ", " + std::to_string(result.options.bins) + " bins, " +
                   std::to_string(result.options.replicates) + " replicates, seed " +
                   std::to_string(result.options.seed) + ".");
  page.close().close();
}

}  // namespace

std::string html_comparison(const comparison& result, const std::string& command) {
  html_writer header;
  write_header(header, result);
  html_writer page;
  write_warnings(page, result);
  write_models(page, result);
  write_pairs(page, result);
  write_provenance(page, result, command);
  const std::string title = result.pairs.size() == 1 ? result.pairs[0].verdict : "comparison of models";
  return detail::whole_page(title, header.html(), page.html(), "null");
}

}  // namespace calibrant
