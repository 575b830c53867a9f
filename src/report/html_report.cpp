#include <calibrant/report/html_report.hpp>

#include <optional>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/total_panel.hpp>
#include <calibrant/figures/figure_catalog.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant {
namespace {

void require_own_numbers(const evaluation_state& state) {
  if (state.config.peer)
    throw error(error_code::invalid_argument,
                "report: got the numbers of another package, expected Calibrant's own; measure without a peer");
}

}  // namespace

panel_parts report_parts(const evaluation_options& options, std::size_t classes) {
  panel_parts parts = parts_needed(options, classes);
  for (const figure_entry& entry : figure_catalog())
    if (entry.name != "simplex" || classes == 3) parts = parts | parts_needed(entry, classes);
  return parts;
}

std::string html_report(const evaluation_state& state, const evaluation& result, const report_options& options,
                        thread_pool* pool) {
  require_own_numbers(state);
  const total_panel total(state);
  std::optional<detail::other_side> before;
  std::optional<detail::other_side> baseline;
  detail::page_source source{.state = state, .result = result, .total = *total, .options = options};
  if (options.before != nullptr) {
    require_own_numbers(*options.before);
    source.before =
        &before.emplace(*options.before, evaluate(*options.before, result.options, pool), options.name_before);
  }
  if (options.baseline != nullptr && options.diff != nullptr) {
    const evaluation_options shown = evaluation_for(*find_figure("before-after"), result.options.metric);
    source.baseline =
        &baseline.emplace(*options.baseline, evaluate(*options.baseline, shown, pool), options.diff->before.name);
  }

  detail::html_writer header;
  detail::write_header(header, source);
  detail::html_writer page;
  for (const auto write :
       {&detail::write_summary, &detail::write_changes, &detail::write_next_steps, &detail::write_reliability,
        &detail::write_before_after, &detail::write_classes, &detail::write_groups, &detail::write_robustness,
        &detail::write_metrics, &detail::write_provenance})
    write(page, source);

  return detail::whole_page(
      result.total.headline, header.html(), page.html(),
      detail::has_class_cells(source) ? detail::class_data(source, detail::classes_by_error(source)) : "null");
}

}  // namespace calibrant
