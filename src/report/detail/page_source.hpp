#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/total_panel.hpp>
#include <calibrant/report/html_report.hpp>

#include "report/detail/html_writer.hpp"

namespace calibrant::detail {

/// What `page_source` is set beside: the same rows before a calibrator, or earlier rows.
struct other_side {
  other_side(const evaluation_state& of, evaluation measured, std::string called)
      : state(of), result(std::move(measured)), total(of), name(std::move(called)) {}

  const evaluation_state& state;
  evaluation result;
  total_panel total;
  std::string name;
};

/// What a page shows: `result` is of `state`, and `total` has all of its groups together.
struct page_source {
  const evaluation_state& state;
  const evaluation& result;
  const panel_state& total;
  const report_options& options;
  const other_side* before = nullptr;
  const other_side* baseline = nullptr;
};

// The parts of the page from the top down, each in the file of its name. A section adds nothing if it has nothing to
// show.
void write_header(html_writer& page, const page_source& source);
void write_summary(html_writer& page, const page_source& source);
void write_next_steps(html_writer& page, const page_source& source);
void write_changes(html_writer& page, const page_source& source);
void write_reliability(html_writer& page, const page_source& source);
void write_classes(html_writer& page, const page_source& source);
void write_groups(html_writer& page, const page_source& source);
void write_before_after(html_writer& page, const page_source& source);
void write_robustness(html_writer& page, const page_source& source);
void write_metrics(html_writer& page, const page_source& source);
void write_provenance(html_writer& page, const page_source& source);

/// A figure of the catalogue as a card, with the table of its numbers. Where the data do not have what it needs,
/// nothing. `other` comes first in a figure of two data sets; figures with another `suffix` have ids of their own.
void write_figure(html_writer& page, const page_source& source, std::string_view name,
                  const other_side* other = nullptr, std::string_view suffix = "");

/// A difference and its interval on a line through 0; nothing without a value.
[[nodiscard]] std::string difference_strip(const figure& difference, const interval_estimate& uncertainty);

/// The name with its definition, which the pointer or the keyboard brings up.
void write_metric_name(html_writer& page, const metric_entry& entry, const std::string& method);

/// The classes by calibration error, the largest first; those without one last, in the order of columns.
[[nodiscard]] std::vector<std::size_t> classes_by_error(const page_source& source);
/// The bins of these classes for the script of the page, as one line of text (src/report/class_data.cpp).
[[nodiscard]] std::string class_data(const page_source& source, const std::vector<std::size_t>& order);
/// Whether the page lets its reader choose a class.
[[nodiscard]] bool has_class_cells(const page_source& source);

/// A table: the first column has the headings of rows, the others numbers.
void write_table(html_writer& page, std::string_view caption, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows, std::string_view class_name = "");

/// The template with each {{name}} replaced by what belongs to it. Replaced text is not looked at again.
struct page_value {
  std::string_view name;
  std::string_view text;
};
/// The page of src/report/assets around a header and its content.
[[nodiscard]] std::string whole_page(const std::string& title, const std::string& header, const std::string& content,
                                     const std::string& class_data);
[[nodiscard]] std::string filled_page(std::string_view page, const std::vector<page_value>& values);
/// "sha256-..." as a content security policy has it.
[[nodiscard]] std::string policy_hash(std::string_view text);

}  // namespace calibrant::detail
