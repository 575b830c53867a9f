#include <array>
#include <optional>

#include <calibrant/core/error.hpp>
#include <calibrant/figures/figure_catalog.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

bool has_parts(const page_source& source, const figure_entry& entry) {
  const evaluation_config& config = source.state.config;
  if (!config.measurable().contain(entry.reads) || !config.parts.contain(entry.reads)) return false;
  if (entry.reads.contain(panel_part::classwise) && source.result.total.per_class.empty()) return false;
  if (entry.name == "simplex" && config.classes.size() != 3) return false;
  if (entry.of_groups && source.result.groups.empty()) return false;
  return true;
}

/// The figure, or nothing where the rows do not have what it shows.
std::optional<drawn_figure> drawn(const page_source& source, const figure_entry& entry, const other_side* other,
                                  const std::string& id) {
  if (!has_parts(source, entry) || (entry.sources == 2 && other == nullptr)) return {};
  figure_options options{.most_classes = source.options.most_classes, .id = "figure-" + id, .style = false};
  const bool since_baseline = other != nullptr && other == source.baseline;
  const figure_source now{source.result, source.total, &source.state, since_baseline ? source.options.diff : nullptr};
  if (other != nullptr)
    options.names = {other->name, since_baseline ? source.options.diff->after.name : source.options.name};
  try {
    if (entry.sources == 1) return entry.draw({&now, 1}, options);
    const std::array<figure_source, 2> both = {figure_source{other->result, *other->total, &other->state}, now};
    return entry.draw(both, options);
  } catch (const error& e) {
    if (e.code() == error_code::missing_input) return {};
    throw;
  }
}

}  // namespace

void write_table(html_writer& page, std::string_view caption, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows, std::string_view class_name) {
  page.open("div", {{"class", "scroll"}}).open("table", {{"class", class_name}});
  page.element("caption", caption);
  page.open("thead").open("tr");
  for (const std::string& column : columns) page.element("th", {{"scope", "col"}}, column);
  page.close().close().open("tbody");
  for (const std::vector<std::string>& row : rows) {
    // HTML needs no end of cells and rows, and there are many.
    page.raw("<tr>");
    for (std::size_t i = 0; i < row.size(); ++i) page.raw(i == 0 ? "<th scope=\"row\">" : "<td>").text(row[i]);
    page.raw("\n");
  }
  page.close().close().close();
}

void write_figure(html_writer& page, const page_source& source, std::string_view name, const other_side* other,
                  std::string_view suffix) {
  const figure_entry& entry = *find_figure(name);
  const std::string id = std::string(name) + std::string(suffix);
  const std::optional<drawn_figure> figure = drawn(source, entry, other, id);
  if (!figure) return;
  constexpr double widest_of_half = 560;
  page.open("figure", {{"id", "card-" + id},
                       {"class", figure->width > widest_of_half ? "card wide" : "card"},
                       {"aria-labelledby", "question-" + id}});
  page.element("h3", {{"id", "question-" + id}}, entry.question);
  page.open("div", {{"class", "plot"}, {"data-title", figure->title}}).raw(figure->svg).close();
  if (!figure->tables.empty()) {
    page.open("details").element("summary", "Numbers of this figure");
    for (const figure_table& table : figure->tables)
      write_table(page, table.title.empty() ? figure->title : table.title, table.columns, table.rows);
    page.close();
  }
  page.close();
}

void write_reliability(html_writer& page, const page_source& source) {
  page.open("section", {{"id", "reliability"}, {"aria-labelledby", "reliability-title"}});
  page.element("h2", {{"id", "reliability-title"}}, "Is the confidence right?");
  page.open("div", {{"class", "figures"}});
  write_figure(page, source, "reliability");
  write_figure(page, source, "confidence");
  page.close().close();
}

void write_robustness(html_writer& page, const page_source& source) {
  page.open("section", {{"id", "robustness"}, {"aria-labelledby", "robustness-title"}});
  page.element("h2", {{"id", "robustness-title"}}, "Bins and coverage");
  page.open("div", {{"class", "figures"}});
  write_figure(page, source, "bins");
  write_figure(page, source, "risk-coverage");
  page.close().close();
}

}  // namespace calibrant::detail
