#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/evaluation/evaluation.hpp>

namespace calibrant::testing {

/// All numbers of a result by name, e.g. "ece.lower"; NaN where there is none.
using numbers = std::map<std::string, double>;

inline void add_estimate(numbers& into, const std::string& name, const estimate& e) {
  constexpr double absent = std::numeric_limits<double>::quiet_NaN();
  into[name + ".value"] = e.value.value.value_or(absent);
  into[name + ".lower"] = e.uncertainty.bounds ? e.uncertainty.bounds->lower : absent;
  into[name + ".upper"] = e.uncertainty.bounds ? e.uncertainty.bounds->upper : absent;
  into[name + ".expected"] = e.expected_if_calibrated.value.value_or(absent);
  into[name + ".p_value"] = e.p_value.value.value_or(absent);
  for (const auto& [detail, x] : e.details) into[name + "." + detail] = x;
}

inline void add_diagram(numbers& into, const std::string& name, const std::vector<reliability_bin>& bins) {
  constexpr double absent = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const std::string bin = name + "[" + std::to_string(b) + "]";
    into[bin + ".count"] = bins[b].count;
    into[bin + ".confidence"] = bins[b].confidence.value_or(absent);
    into[bin + ".accuracy"] = bins[b].accuracy.value_or(absent);
    into[bin + ".lower"] = bins[b].bounds ? bins[b].bounds->lower : absent;
    into[bin + ".upper"] = bins[b].bounds ? bins[b].bounds->upper : absent;
  }
}

/// Every metric of the catalogue as a function of one panel state.
[[nodiscard]] inline numbers metric_numbers(const panel_state& state, const metric_options& options = {}) {
  numbers all;
  for (const metric_entry& entry : metric_catalog())
    add_estimate(all, std::string(entry.name), entry.finalize(state, options));
  return all;
}

/// Everything else that is told of a panel: diagram, class table, diagrams of the classes.
[[nodiscard]] inline numbers table_numbers(const panel_state& state, const confidence_level level = {}) {
  constexpr double absent = std::numeric_limits<double>::quiet_NaN();
  numbers all;
  add_diagram(all, "top_label", top_label_reliability(state.top_label, level));
  const std::vector<class_row> classes =
      class_table(state.top_label, state.classwise, level, 0, state.classwise.classes());
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const class_row& row = classes[k];
    const std::string name = "class[" + std::to_string(k) + "]";
    all[name + ".rows"] = row.rows.value_or(absent);
    all[name + ".prevalence"] = row.prevalence.value_or(absent);
    all[name + ".mean_probability"] = row.mean_probability.value_or(absent);
    all[name + ".predicted"] = row.predicted;
    all[name + ".precision"] = row.precision.value_or(absent);
    all[name + ".mean_confidence"] = row.mean_confidence.value_or(absent);
    all[name + ".calibration_error"] = row.calibration_error.value_or(absent);
    all[name + ".lower"] = row.uncertainty.bounds ? row.uncertainty.bounds->lower : absent;
    all[name + ".upper"] = row.uncertainty.bounds ? row.uncertainty.bounds->upper : absent;
    add_diagram(all, name, class_reliability(state.classwise, k, level));
  }
  return all;
}

[[nodiscard]] inline numbers all_numbers(const panel_state& state) {
  numbers all = metric_numbers(state);
  all.merge(table_numbers(state));
  return all;
}

inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

/// How far two numbers may be apart: absolute + relative * magnitude. Both 0: the same bits.
struct tolerance {
  double absolute = 0;
  double relative = 0;
  [[nodiscard]] bool holds(double a, double b) const {
    if (same_bits(a, b)) return true;
    return std::abs(a - b) <= absolute + relative * std::max(std::abs(a), std::abs(b));
  }
};

/// smooth_ece is the solution of an equation, found to 1e-6 on grids that follow it: whatever moves a confidence by a
/// rounding may move its numbers so far.
inline constexpr tolerance solver_tolerance{5e-6, 0};
[[nodiscard]] inline bool is_solved(std::string_view output) { return output.starts_with("smooth_ece."); }

/// What each number may miss, by name.
using tolerances = std::function<tolerance(const std::string&)>;

/// The first few names whose numbers differ; empty if none does. Names for which `skip` holds are not compared.
[[nodiscard]] inline std::string differences(const numbers& a, const numbers& b, const tolerances& allowed,
                                             const std::function<bool(const std::string&)>& skip = {}) {
  std::string text;
  std::size_t count = 0;
  const auto note = [&](const std::string& what) {
    if (++count <= 5) text += (count == 1 ? "" : "; ") + what;
  };
  for (const auto& [name, x] : a) {
    if (skip && skip(name)) continue;
    const auto other = b.find(name);
    if (other == b.end()) {
      note(name + " is missing");
      continue;
    }
    if (allowed(name).holds(x, other->second)) continue;
    char line[160];
    std::snprintf(line, sizeof line, "%s: %.17g against %.17g (%.2g)", name.c_str(), x, other->second,
                  std::abs(x - other->second));
    note(line);
  }
  for (const auto& [name, x] : b)
    if (!(skip && skip(name)) && !a.contains(name)) note(name + " is new");
  if (count > 5) text += "; and " + std::to_string(count - 5) + " more";
  return text;
}

/// The same with one tolerance for all; by default the same bits.
[[nodiscard]] inline std::string differences(const numbers& a, const numbers& b, tolerance allowed = {},
                                             const std::function<bool(const std::string&)>& skip = {}) {
  return differences(a, b, [allowed](const std::string&) { return allowed; }, skip);
}

}  // namespace calibrant::testing
