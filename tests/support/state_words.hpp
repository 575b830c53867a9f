#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/stats/cell_table.hpp>
#include <calibrant/stats/state_fields.hpp>

#include "support/outputs.hpp"

namespace calibrant::testing {

/// Everything that the fields of a state hold, names and shapes included, as bytes.
template <class State>
[[nodiscard]] std::string state_bytes(const State& state) {
  std::string bytes;
  state.fields([&](const std::string& name, const field_shape& shape, const auto& values, presence wanted) {
    bytes += name + (wanted == presence::optional ? "?" : "!");
    for (const std::size_t extent : shape) bytes += std::to_string(extent) + ",";
    bytes += std::to_string(values.size()) + ":";
    using element = typename std::remove_cvref_t<decltype(values)>::value_type;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(element));
  });
  return bytes;
}

/// The same of every panel, with the counts. Sources are left out: they tell where the rows came from.
[[nodiscard]] inline std::string state_bytes(const evaluation_state& state) {
  std::string bytes = std::string(state.grouped ? "grouped " : "") + (state.weighted ? "weighted " : "");
  const row_counts& c = state.counts;
  for (const std::uint64_t count : {c.measured, c.zero_weight, c.clipped, c.loosely_normalized, c.renormalized})
    bytes += std::to_string(count) + " ";
  for (const std::uint64_t count : c.skipped) bytes += std::to_string(count) + " ";
  for (const auto& [name, panel] : state.panels) bytes += "[" + name + "]" + state_bytes(panel);
  return bytes;
}

/// The sums of a state as real numbers. An optional field that is still empty counts as zeros.
template <class State>
[[nodiscard]] numbers state_sums(const State& state) {
  numbers sums;
  const auto add = [&](const std::string& name, double x) { sums[name] = x; };
  state.fields([&](const std::string& name, const field_shape& shape, const auto& values, presence) {
    using element = typename std::remove_cvref_t<decltype(values)>::value_type;
    std::size_t count = 1;
    for (const std::size_t extent : shape) count *= extent;
    for (std::size_t i = 0; i < count; ++i) {
      const element x = values.empty() ? element{} : values[i];
      const std::string at = name + "[" + std::to_string(i) + "]";
      if constexpr (std::is_same_v<element, compensated_sum>) {
        add(at, x.value());
      } else if constexpr (std::is_same_v<element, fractional_cell>) {
        add(at + ".weight", x.weight.value());
        add(at + ".hits", x.hits.value());
        add(at + ".confidence", x.confidence.value());
        add(at + ".squares", x.squares.value());
        add(at + ".products", x.products.value());
      } else if constexpr (std::is_same_v<element, exact_cell>) {
        add(at + ".weight", static_cast<double>(x.weight));
        add(at + ".hits", static_cast<double>(x.hits));
        add(at + ".confidence", static_cast<double>(x.confidence));
        add(at + ".squares", static_cast<double>(x.squares));
        add(at + ".products", static_cast<double>(x.products));
      } else {
        add(at, static_cast<double>(x));
      }
    }
  });
  return sums;
}

[[nodiscard]] inline numbers state_sums(const evaluation_state& state) {
  numbers sums;
  for (const auto& [name, panel] : state.panels)
    for (const auto& [field, x] : state_sums(panel)) sums[name + "." + field] = x;
  return sums;
}

/// Merged sums of non-integer weights may miss the sum of one pass by this much of the sum of |w c|; all terms are
/// positive, so that is the sum itself.
inline constexpr tolerance real_weight_tolerance{0, 1e-12};

}  // namespace calibrant::testing
