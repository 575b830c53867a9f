#include "python/bindings/diff.hpp"

#include <nanobind/stl/string.h>

#include <string>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/io/state_diff_json.hpp>

#include "python/bindings/measurement.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

/// The JSON document of `calibrant diff`.
std::string diff_states(const evaluation_state& before, const evaluation_state& after, const settings& options,
                        const std::string& name_before, const std::string& name_after, const std::string& command) {
  const nb::gil_scoped_release without_gil;
  const evaluation_options asked = evaluation_options_of(options);
  thread_pool pool(options.threads);
  const state_diff result =
      diff(before, after, {.level = asked.metric.level, .metrics = asked.metrics, .metric = asked.metric}, name_before,
           name_after, &pool);
  return state_diff_json(result, {.command = command, .simd = active_simd_target()});
}

}  // namespace

void bind_diff(nb::module_& module) {
  module.def("diff", &diff_states, "before"_a, "after"_a, "settings"_a, "name_before"_a, "name_after"_a, "command"_a);
}

}  // namespace calibrant::python
