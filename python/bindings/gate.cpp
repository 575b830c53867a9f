#include "python/bindings/gate.hpp"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/gate.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/gate_json.hpp>

#include "python/bindings/measurement.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

using named_limits = std::map<std::string, double>;

void add(std::vector<metric_limit>& limits, const char* argument, const named_limits& named, limit_rule rule,
         bool per_group, bool per_class) {
  for (const auto& [metric, value] : named) {
    metric_limit limit{.metric = metric, .rule = rule, .limit = value};
    limit.per_group = per_group;
    limit.per_class = per_class && has_class_meaning(metric);
    if (const std::string complaint = complaint_about(limit); !complaint.empty())
      throw error(error_code::invalid_argument, std::string(argument) + ": " + complaint);
    limits.push_back(std::move(limit));
  }
}

/// The JSON document of `calibrant check`.
std::string check(const evaluation_state& state, const settings& options, const named_limits& most,
                  const named_limits& least, const evaluation_state* baseline, const named_limits& margins,
                  bool per_group, bool per_class, const std::string& command) {
  const nb::gil_scoped_release without_gil;
  gate_options gate{.metric = evaluation_options_of(options).metric};
  if (options.level) gate.level = confidence_level(*options.level);
  add(gate.limits, "max", most, limit_rule::at_most, per_group, per_class);
  add(gate.limits, "min", least, limit_rule::at_least, per_group, per_class);
  if (baseline != nullptr) {
    std::vector<metric_limit> compared;
    add(compared, "margin", margins, limit_rule::no_worse, false, false);
    if (margins.empty() || !gate.limits.empty())
      for (const metric_limit& limit : no_worse_limits(gate.limits, state.config.kind))
        if (!margins.contains(limit.metric)) compared.push_back(limit);
    gate.limits.insert(gate.limits.end(), compared.begin(), compared.end());
  }
  thread_pool pool(options.threads);
  return gate_json(judge(state, gate, baseline, &pool), {.command = command, .simd = active_simd_target()});
}

}  // namespace

void bind_gate(nb::module_& module) {
  module.def("check", &check, "state"_a, "settings"_a, "most"_a, "least"_a, "baseline"_a.none(), "margins"_a,
             "per_group"_a, "per_class"_a, "command"_a,
             nb::sig("def check(state: State, settings: Settings, most: dict[str, float], least: dict[str, float], "
                     "baseline: State | None, margins: dict[str, float], per_group: bool, per_class: bool, command: "
                     "str) -> str"));
}

}  // namespace calibrant::python
