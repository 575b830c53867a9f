#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <sstream>
#include <string>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluator.hpp>

namespace calibrant::bench {

/// The whole default panel through the C++ API: the pass over one batch in memory, then every metric with its interval and p-value.
/// Returns the values that the peers compute too, as the body of a JSON object.
inline std::string measure_panel(const scores& values, std::span<const std::int32_t> labels, score_kind kind, thread_pool& pool) {
  evaluation_config config{.classes = class_names::indexed(view_of(values).columns()), .kind = kind};
  evaluator pass(config, {}, pool);
  pass.accumulate({.values = values, .labels = labels, .weights = {}, .groups = {}});
  const evaluation_state state = pass.finish({{.path = "memory", .rows = labels.size(), .sha256 = {}}}, {}, {}, false);
  const evaluation result = evaluate(state, {}, &pool);

  std::ostringstream json;
  json.precision(std::numeric_limits<double>::max_digits10);
  for (const char* name : {"ece", "classwise_ece", "brier"}) {
    const estimate* const found = result.total.find(name);
    if (found != nullptr && found->value.value) json << (json.tellp() > 0 ? ", " : "") << '"' << name << "\": " << *found->value.value;
  }
  return json.str();
}

}  // namespace calibrant::bench
