#include <calibrant/report/html_report.hpp>

#include <optional>

#include <calibrant/core/error.hpp>
#include <calibrant/figures/figure_catalog.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant {
namespace {

/// A state may be large: it is not copied where there is nothing to add up.
const panel_state& total_of(const evaluation_state& state, std::optional<panel_state>& sum) {
  return state.panels.size() == 1 ? state.panels.begin()->second : sum.emplace(state.total());
}

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
  std::optional<panel_state> sum;
  std::optional<panel_state> sum_before;
  std::optional<evaluation> before;
  detail::page_source source{.state = state, .result = result, .total = total_of(state, sum), .options = options};
  if (options.before != nullptr) {
    require_own_numbers(*options.before);
    source.before = &before.emplace(evaluate(*options.before, result.options, pool));
    source.total_before = &total_of(*options.before, sum_before);
  }

  detail::html_writer header;
  detail::write_header(header, source);
  detail::html_writer page;
  for (const auto write : {&detail::write_summary, &detail::write_next_steps, &detail::write_reliability,
                           &detail::write_before_after, &detail::write_classes, &detail::write_groups,
                           &detail::write_robustness, &detail::write_metrics, &detail::write_provenance})
    write(page, source);

  return detail::whole_page(
      result.total.headline, header.html(), page.html(),
      detail::has_class_cells(source) ? detail::class_data(source, detail::classes_by_error(source)) : "null");
}

}  // namespace calibrant
