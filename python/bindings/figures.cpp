#include "python/bindings/figures.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/figures/figure_catalog.hpp>
#include <calibrant/report/html_report.hpp>

#include "python/bindings/measurement.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

[[noreturn]] void refuse(const std::string& argument, const std::string& got, const std::string& expected) {
  throw error(error_code::invalid_argument, argument + ": got \"" + got + "\", expected " + expected);
}

figure_theme theme_of(const std::string& name) {
  if (name == "auto") return figure_theme::automatic;
  if (name == "light") return figure_theme::light;
  if (name == "dark") return figure_theme::dark;
  refuse("theme", name, "auto, light or dark");
}

const figure_entry& entry_of(const std::string& kind) {
  if (const figure_entry* const entry = find_figure(kind)) return *entry;
  std::string known;
  for (const figure_entry& entry : figure_catalog()) known += (known.empty() ? "" : ", ") + std::string(entry.name);
  refuse("kind", kind, "one of " + known);
}

/// SVG, title and description.
std::tuple<std::string, std::string, std::string> draw(const std::string& kind,
                                                       const std::vector<evaluation_state*>& states,
                                                       const settings& options,
                                                       const std::optional<std::string>& of_class,
                                                       std::size_t most_classes, const std::string& theme,
                                                       const std::vector<std::string>& names) {
  const nb::gil_scoped_release without_gil;
  const figure_entry& entry = entry_of(kind);
  if (most_classes == 0) refuse("most_classes", "0", "at least 1");
  thread_pool pool(options.threads);
  const std::vector<const evaluation_state*> shown(states.begin(), states.end());
  drawn_figure figure = draw_figure(
      entry, shown, evaluation_options_of(options).metric,
      {.theme = theme_of(theme), .of_class = of_class, .most_classes = most_classes, .names = names}, &pool);
  return {std::move(figure.svg), std::move(figure.title), std::move(figure.description)};
}

/// The page of an evaluation as HTML. `names`: of the second state and of the first, if there are two. `baseline`: a
/// state of earlier rows, or null.
std::string report(const std::vector<evaluation_state*>& states, const settings& options, const std::string& command,
                   const std::vector<std::string>& names, const evaluation_state* baseline) {
  const nb::gil_scoped_release without_gil;
  thread_pool pool(options.threads);
  report_options page{.command = command, .simd = active_simd_target()};
  if (states.size() > 1) page.before = states[1];
  if (names.size() > 1) {
    page.name = names[0];
    page.name_before = names[1];
  }
  const evaluation result = evaluate(*states.at(0), evaluation_options_of(options), &pool);
  std::optional<state_diff> changes;
  if (baseline != nullptr) {
    const metric_options& metric = result.options.metric;
    page.baseline = baseline;
    page.diff = &changes.emplace(
        diff(*baseline, *states[0], {.level = metric.level, .metric = metric}, "the baseline", "these rows", &pool));
  }
  return html_report(*states[0], result, page, &pool);
}

}  // namespace

void bind_figures(nb::module_& module) {
  module.def("figure_names", [] {
    std::vector<std::string> names;
    for (const figure_entry& entry : figure_catalog()) names.emplace_back(entry.name);
    return names;
  });

  module.def("draw", &draw, "kind"_a, "states"_a, "settings"_a, "of_class"_a.none(), "most_classes"_a, "theme"_a,
             "names"_a);

  module.def("report", &report, "states"_a, "settings"_a, "command"_a, "names"_a, "baseline"_a.none());
}

}  // namespace calibrant::python
