#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>
#include <calibrant/version.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

std::string skipped_text(const row_counts& counts) {
  std::string text;
  for (std::size_t i = 0; i < row_problem_count; ++i)
    if (counts.skipped[i] > 0)
      text += (text.empty() ? "" : ", ") + rows_number(static_cast<double>(counts.skipped[i])) + " " +
              std::string(name_of(static_cast<row_problem>(i)));
  return text.empty() ? "none" : text;
}

void write_sources(html_writer& page, const evaluation& result) {
  page.open("div", {{"class", "scroll"}}).open("table", {{"id", "source-table"}});
  page.element("caption", "Files that were read").open("thead").open("tr");
  for (const char* const title : {"file", "rows", "SHA-256"}) page.element("th", {{"scope", "col"}}, title);
  page.close().close().open("tbody");
  for (const source_info& each : result.sources) {
    page.open("tr").element("th", {{"scope", "row"}}, shown_name(each.path, 300));
    page.element("td", rows_number(static_cast<double>(each.rows)));
    page.element("td", {{"class", "hash"}}, each.sha256.value_or("-")).close();
  }
  page.close().close().close();
}

}  // namespace

void write_provenance(html_writer& page, const page_source& source) {
  const evaluation& result = source.result;
  page.open("section", {{"id", "provenance"}, {"aria-labelledby", "provenance-title"}});
  page.element("h2", {{"id", "provenance-title"}}, "Provenance");
  page.open("div", {{"class", "card"}});
  if (!source.options.command.empty()) {
    page.element("p", "This page again:");
    page.open("pre").element("code", source.options.command).close();
  }
  if (!result.sources.empty()) write_sources(page, result);
  page.open("dl", {{"class", "facts"}});
  const auto fact = [&](const char* name, const std::string& value) {
    if (!value.empty()) page.open("div").element("dt", name).element("dd", value).close();
  };
  const metric_options& metric = result.options.metric;
  fact("rows measured", rows_number(static_cast<double>(result.counts.measured)));
  fact("rows left out", skipped_text(result.counts));
  fact("bins", std::to_string(result.config.bins) + " of equal width, lower edge included");
  fact("level of the intervals", level_percent(metric.level));
  fact("weights", result.weighted ? std::string(name_of(result.config.weights)) : "none");
  fact("log floor", result.config.log_floor ? exact_text(*result.config.log_floor) : "none");
  fact("seed", std::to_string(metric.seed));
  if (result.options.bootstrap > 0) fact("bootstrap", std::to_string(result.options.bootstrap) + " replicates");
  fact("version", "calibrant " + std::string(version_string));
  fact("instruction set", source.options.simd);
  page.close().close().close();
}

}  // namespace calibrant::detail
