#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluator.hpp>

namespace calibrant::bench {

/// Names separated by commas; "panel" stands for every metric of the default panel that reads fixed-memory states
/// alone, whatever else the default panel holds.
inline std::vector<std::string> metric_names(std::string_view list) {
  std::vector<std::string> names;
  if (list == "panel") {
    for (const metric_entry& entry : metric_catalog())
      if (entry.default_panel && panel_parts::fixed_memory().contain(entry.reads)) names.emplace_back(entry.name);
    return names;
  }
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    names.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

/// The metrics through the C++ API: the pass over one batch in memory, then each metric with its interval and p-value.
/// This is the only place where a benchmark says what a pass computes. Returns the values that the peers compute too,
/// as the body of a JSON object.
inline std::string measure_metrics(const scores& values, std::span<const std::int32_t> labels, score_kind kind,
                                   const std::vector<std::string>& metrics, thread_pool& pool,
                                   std::size_t replicates = 0) {
  evaluation_options options;
  options.metrics = metrics;
  options.bootstrap = replicates;
  const evaluation_config config{.classes = class_names::indexed(view_of(values).columns()),
                                 .kind = kind,
                                 .parts = parts_needed(options, view_of(values).columns())};
  evaluator pass(config, {}, pool);
  pass.accumulate({.values = values, .labels = labels, .weights = {}, .groups = {}});
  const evaluation_state state = pass.finish({{.path = "memory", .rows = labels.size(), .sha256 = {}}}, {}, {}, false);
  const evaluation result = evaluate(state, options, &pool);

  std::ostringstream json;
  json.precision(std::numeric_limits<double>::max_digits10);
  for (const char* name : {"ece", "classwise_ece", "brier", "smooth_ece", "mmce", "ace"}) {
    const estimate* const found = result.total.find(name);
    if (found == nullptr || !found->value.value) continue;
    json << (json.tellp() > 0 ? ", " : "") << '"' << name << "\": " << *found->value.value;
  }
  for (const panel_metric& metric : result.total.metrics)
    if (metric.bootstrap)
      json << (json.tellp() > 0 ? ", " : "") << '"' << metric.entry->name
           << "_standard_error\": " << *metric.bootstrap->standard_error.value;
  return json.str();
}

}  // namespace calibrant::bench
