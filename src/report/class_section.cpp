#include <algorithm>
#include <cmath>
#include <numeric>

#include <calibrant/figures/metric_text.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

/// In percent, without its sign; "-" where there is none.
std::string percent_number(const std::optional<double>& share, int decimals) {
  return share ? fixed_text(100 * *share, decimals) : "-";
}

/// Above so many classes the table has fewer columns and no numbers in full.
constexpr std::size_t most_full_rows = 100;

/// The script fills and shows it.
void write_chooser(html_writer& page) {
  page.open("section", {{"id", "chooser"}, {"class", "card wide scripted"}, {"aria-labelledby", "chooser-title"}});
  page.element("h3", {{"id", "chooser-title"}}, "Is the probability of one class right?");
  page.open("div", {{"class", "choose"}}).open("div", {{"class", "pick"}});
  page.element("label", {{"for", "filter"}}, "Search a class");
  page.raw("<input id=\"filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">");
  page.element("label", {{"for", "choice"}}, "Classes, the largest error first");
  page.open("select", {{"id", "choice"}, {"size", "8"}}).close();
  page.element("p", {{"id", "matches"}, {"class", "muted"}, {"role", "status"}}, "");
  page.close();
  page.open("div", {{"class", "shown"}});
  page.element("h4", {{"id", "class-name"}}, "Class");
  page.element("p", {{"id", "class-words"}}, "");
  page.open("div", {{"id", "class-plot"}, {"class", "plot"}}).close();
  page.open("details").element("summary", "Numbers of this figure");
  page.open("div", {{"id", "class-numbers"}, {"class", "scroll"}}).close().close();
  page.close().close().close();
}

struct column {
  std::string title;
  std::string text;  ///< of one class
  std::optional<double> exact = {};
  bool compact = true;  ///< shown of very many classes too
};

std::optional<double> as_number(double x) { return x; }

/// Decimals that tell the errors apart: of very many classes all of them are small.
int error_decimals(const std::vector<class_row>& rows) {
  double largest = 0;
  for (const class_row& row : rows) largest = std::max(largest, row.calibration_error.value_or(0));
  if (!(largest > 0)) return 2;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(100 * largest))), 2, 6);
}

std::vector<column> columns_of(const class_row& row, confidence_level level, int decimals) {
  const auto share = [](const std::optional<double>& x) { return percent_number(x, 2); };
  const std::optional<interval>& bounds = row.uncertainty.bounds;
  return {{"rows", row.rows ? rows_number(*row.rows) : "-", row.rows},
          {"frequency, %", share(row.prevalence), row.prevalence, false},
          {"mean probability, %", share(row.mean_probability), row.mean_probability, false},
          {"predicted", rows_number(row.predicted), as_number(row.predicted)},
          {"says, %", share(row.mean_confidence), row.mean_confidence},
          {"is right, %", share(row.precision), row.precision},
          {"error, %", percent_number(row.calibration_error, decimals), row.calibration_error},
          {level_percent(level) + " interval of the error",
           bounds ? percent_number(bounds->lower, decimals) + " to " + percent_number(bounds->upper, decimals) : "-"}};
}

/// Short and of ASCII: as it is.
bool is_plain(const std::string& name) {
  return name.size() <= 80 && std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Rows without closing tags, which HTML does not need: of 1000 classes this is a fourth of the table.
void write_class_table(html_writer& page, const page_source& source, const std::vector<std::size_t>& order) {
  const std::vector<class_row>& rows = source.result.total.per_class;
  const confidence_level level = source.result.options.metric.level;
  const bool full = order.size() <= most_full_rows;
  const int decimals = error_decimals(rows);
  page.open("section", {{"class", "card wide"}, {"aria-labelledby", "class-table-title"}});
  page.element("h3", {{"id", "class-table-title"}}, "Every class");
  page.element("p", {{"class", "muted"}},
               source.result.config.kind == score_kind::top_label
                   ? "The error is that of the rows predicted as the class. "
                   : "The error is class-wise, over all rows. \u201cSays\u201d and \u201cis right\u201d are about the "
                     "rows predicted as the class. The largest error comes first.");
  page.open("div", {{"class", "scroll tall"}});
  page.open("table", {{"id", "class-table"}, {"class", full ? "sortable" : "sortable many"}});
  page.element("caption", rows_number(static_cast<double>(order.size())) + " classes");
  page.open("thead").open("tr").element("th", {{"scope", "col"}}, "class");
  for (const column& c : columns_of(rows[order[0]], level, decimals))
    if (full || c.compact) page.element("th", {{"scope", "col"}}, c.title);
  page.close().close().open("tbody");
  for (const std::size_t k : order) {
    const std::string& name = source.result.config.classes[k];
    page.raw(full ? "<tr><th scope=\"row\">" : "<tr><th>").text(is_plain(name) ? name : shown_name(name));
    for (const column& c : columns_of(rows[k], level, decimals)) {
      if (!full && !c.compact) continue;
      page.raw(full && c.exact ? "<td data-v=\"" + exact_text(*c.exact) + "\">" : "<td>").text(c.text);
    }
    page.raw("\n");
  }
  page.close().close().close();
  if (!full)
    page.element("p", {{"class", "muted"}},
                 "On paper the first 60 classes are printed; the JSON result has every number in full.");
  page.close();
}

}  // namespace

std::vector<std::size_t> classes_by_error(const page_source& source) {
  const std::vector<class_row>& rows = source.result.total.per_class;
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return rows[a].calibration_error > rows[b].calibration_error;  // nothing is the least
  });
  return order;
}

void write_classes(html_writer& page, const page_source& source) {
  if (source.result.total.per_class.empty()) return;
  page.open("section", {{"id", "classes"}, {"aria-labelledby", "classes-title"}});
  page.element("h2", {{"id", "classes-title"}}, "Classes");
  page.open("div", {{"class", "figures"}});
  if (has_class_cells(source)) write_chooser(page);
  write_figure(page, source, "classes");
  write_figure(page, source, "class-frequency");
  write_figure(page, source, "simplex");
  if (source.state.config.classes.size() == 3 && source.total.rows.size() == 0 && has_class_cells(source))
    page.element("p", {{"class", "muted"}},
                 "The simplex of the three classes is drawn from the predictions themselves, which a state does not "
                 "hold.");
  write_class_table(page, source, classes_by_error(source));
  page.close().close();
}

}  // namespace calibrant::detail
