// Every metric of the catalogue against the laws of weights, groups, permutation and merging, under every SIMD target.
// Prints the grid and leaves it in law_grid.txt of the build folder, where `make test` shows it.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "laws/law_fixture.hpp"

namespace calibrant::testing {
namespace {

/// Two sets of numbers that the law says are the same.
struct law_case {
  std::string where;
  numbers left;
  numbers right;
  tolerances allowed;
};
using law_cases = std::vector<law_case>;

tolerance same(const std::string&) { return {}; }

std::vector<std::size_t> repeated_indices(const std::vector<double>& weights) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < weights.size(); ++i) rows.insert(rows.end(), static_cast<std::size_t>(weights[i]), i);
  return rows;
}

/// With the rows themselves, which metrics of rows read.
constexpr panel_parts with_rows = panel_parts::all() | panel_part::row_scores;

/// Tests that draw labels keep the laws at any number of draws.
const metric_options few_draws = [] {
  metric_options options;
  options.draws = 50;
  return options;
}();

numbers measured(const dataset& data, measure_options options = {}) {
  options.parts = with_rows;
  return metric_numbers(measure(data, options).total(), few_draws);
}

/// Integer frequency weights are repetition, and weight 2 is every row twice.
law_cases weight_two() {
  law_cases cases;
  for (const dataset& plain : law_datasets()) {
    dataset weighted = plain;
    add_integer_weights(weighted, plain.rows());
    weighted.weights[0] = 2;
    cases.push_back({plain.name + ", integer weights", measured(weighted),
                     measured(take(plain, repeated_indices(weighted.weights))), same});
    weighted.weights.assign(plain.rows(), 2.0);
    cases.push_back({plain.name + ", weight 2", measured(weighted),
                     measured(take(plain, repeated_indices(weighted.weights))), same});
  }
  return cases;
}

/// Rows of weight 0 may as well not be there.
law_cases weight_zero() {
  law_cases cases;
  for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance})
    for (const dataset& plain : law_datasets()) {
      dataset weighted = plain;
      add_real_weights(weighted, plain.rows() + 1);
      weighted.weights[0] = 0.25;
      std::vector<std::size_t> kept;
      for (std::size_t i = 0; i < weighted.rows(); ++i)
        if (weighted.weights[i] != 0) kept.push_back(i);
      const measure_options options{.weights = kind};
      cases.push_back({plain.name, measured(weighted, options), measured(take(weighted, kept), options), same});
    }
  return cases;
}

/// All groups together are the ungrouped pass, and each group is a pass of its own.
law_cases groups() {
  law_cases cases;
  for (const dataset& plain : law_datasets()) {
    dataset grouped = plain;
    add_groups(grouped, 3, plain.rows() + 2);
    const evaluation_state state = measure(grouped, {.parts = with_rows});
    cases.push_back({plain.name + ", total", metric_numbers(state.total(), few_draws), measured(plain), same});
    for (const auto& [name, panel] : state.panels) {
      std::vector<std::size_t> members;
      for (std::size_t i = 0; i < grouped.rows(); ++i)
        if (grouped.group_names[static_cast<std::size_t>(grouped.groups[i])] == name) members.push_back(i);
      cases.push_back(
          {plain.name + ", group " + name, metric_numbers(panel, few_draws), measured(take(plain, members)), same});
    }
  }
  return cases;
}

/// The order of rows changes nothing; the order of classes nothing but the rounding of sums over them. Ties of the
/// largest score go to the lowest class, so classes are permuted only where there are none.
law_cases permutation() {
  law_cases cases;
  for (const dataset& plain : law_datasets()) {
    cases.push_back(
        {plain.name + ", rows", measured(take(plain, shuffled_indices(plain.rows(), 3))), measured(plain), same});
    if (plain.name.starts_with("random") || plain.name.starts_with("logits"))
      cases.push_back({plain.name + ", classes", measured(permute_classes(plain, shuffled_indices(plain.classes, 4))),
                       measured(plain), class_order_tolerance});
  }
  return cases;
}

/// Seven uneven shards merged in shuffled order are the whole.
law_cases merging() {
  law_cases cases;
  for (const dataset& plain : law_datasets()) {
    const std::size_t n = plain.rows();
    const std::vector<std::size_t> cuts = {0, n / 50, n / 50, n / 9, n / 3, n / 2, n - n / 10, n};
    std::vector<evaluation_state> shards;
    for (const std::size_t s : shuffled_indices(7, 5))
      if (cuts[s] < cuts[s + 1]) shards.push_back(measure(slice(plain, cuts[s], cuts[s + 1]), {.parts = with_rows}));
    evaluation_state merged = shards.front();
    for (std::size_t s = 1; s < shards.size(); ++s) merged.merge(shards[s]);
    cases.push_back({plain.name, metric_numbers(merged.total(), few_draws), measured(plain), same});
  }
  return cases;
}

bool belongs_to(const std::string& output, std::string_view metric) {
  return output.starts_with(metric) && output[metric.size()] == '.';
}

/// The first difference of one metric's outputs, none of them excused. `excuses` receives the excuses without which
/// there would be more differences.
std::string first_difference(std::string_view law, std::string_view metric, const law_cases& cases,
                             std::set<const law_exception*>& excuses) {
  std::string first;
  for (const law_case& c : cases) {
    const auto skip = [&](const std::string& output) { return !belongs_to(output, metric) || excuse(law, output); };
    if (const std::string text = differences(c.left, c.right, c.allowed, skip); !text.empty() && first.empty())
      first = c.where + ": " + text;
    for (const auto& [output, x] : c.left)
      if (const law_exception* e = belongs_to(output, metric) ? excuse(law, output) : nullptr;
          e != nullptr && !c.allowed(output).holds(x, c.right.at(output)))
        excuses.insert(e);
  }
  return first;
}

/// The first output of one metric that is not the scalar target's: bit for bit, but for logits on sse4.
std::string first_off_scalar(std::string_view metric, const std::string& target, const law_cases& here,
                             const law_cases& scalar) {
  const auto other = [&](const std::string& output) { return !belongs_to(output, metric); };
  for (std::size_t i = 0; i < here.size(); ++i) {
    const bool rounded = target == "sse4" && here[i].where.starts_with("logits");
    const tolerances allowed = rounded ? tolerances(logit_tolerance) : tolerances(same);
    if (const std::string text = differences(here[i].left, scalar[i].left, allowed, other); !text.empty())
      return here[i].where + ": not the scalar target's: " + text;
  }
  return {};
}

using law_list = std::vector<std::pair<std::string, std::function<law_cases()>>>;
const law_list& grid_laws() {
  static const law_list laws = {{"weight 2 = twice", weight_two},
                                {"weight 0", weight_zero},
                                {"groups", groups},
                                {"permutation", permutation},
                                {"merge", merging}};
  return laws;
}

/// Every target that can be compiled in; a processor may lack some.
constexpr const char* all_targets[] = {"avx512", "avx2", "sse4", "scalar"};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

TEST(LawGrid, EveryMetricKeepsEveryLawUnderEverySimdTarget) {
  const std::vector<std::string> targets = simd_targets();
  ASSERT_EQ(targets.back(), "scalar");
  for (const std::string& target : targets)
    ASSERT_NE(std::find(std::begin(all_targets), std::end(all_targets), target), std::end(all_targets)) << target;

  std::map<std::pair<std::string, std::string>, law_cases> results;  // by law and target
  for (const std::string& target : targets) {
    const simd_scope forced(target);
    for (const auto& [law, make] : grid_laws()) results[{law, target}] = make();
  }

  constexpr std::size_t name_width = 26;
  constexpr std::size_t cell_width = 24;
  std::string grid = "One word per SIMD target: avx512 avx2 sse4 scalar\n" + padded("metric", name_width);
  for (const auto& [law, make] : grid_laws()) grid += "| " + padded(law, cell_width);
  grid += "\n";

  std::map<std::string, char> notes;  // reason, letter
  std::set<const law_exception*> needed;
  std::size_t kept = 0;
  std::size_t checked = 0;
  for (const metric_entry& entry : metric_catalog()) {
    grid += padded(std::string(entry.name), name_width);
    for (const auto& [law, make] : grid_laws()) {
      std::string cell;
      for (const std::string target : all_targets) {
        if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
          cell += "n/a ";
          continue;
        }
        const law_cases& here = results[{law, target}];
        EXPECT_FALSE(here.empty()) << law;
        std::set<const law_exception*> excuses;
        std::string problem = first_difference(law, entry.name, here, excuses);
        if (problem.empty()) problem = first_off_scalar(entry.name, target, here, results[{law, "scalar"}]);
        EXPECT_TRUE(problem.empty()) << entry.name << ", " << law << ", " << target << ": " << problem;
        cell += problem.empty() ? "ok" : "FAIL";
        for (const law_exception* e : excuses) {
          const std::string reason = std::string(e->part) + ": " + std::string(e->reason);
          cell +=
              std::string("(") + notes.try_emplace(reason, static_cast<char>('a' + notes.size())).first->second + ")";
        }
        cell += " ";
        needed.merge(excuses);
        ++checked;
        kept += problem.empty();
      }
      grid += "| " + padded(cell, cell_width);
    }
    grid += "\n";
  }
  for (const auto& [reason, letter] : notes) grid += std::string("(") + letter + ") but for " + reason + "\n";
  if (targets.size() < std::size(all_targets)) grid += "n/a: this processor does not have these instructions\n";
  grid += "law grid: " + std::to_string(kept) + " of " + std::to_string(checked) + " cells hold (" +
          std::to_string(metric_catalog().size()) + " metrics, " + std::to_string(grid_laws().size()) + " laws, " +
          std::to_string(targets.size()) + " SIMD targets)\n";
  std::fputs(grid.c_str(), stdout);
  std::ofstream file(CALIBRANT_BUILD_DIRECTORY "/law_grid.txt");
  EXPECT_TRUE(file << grid) << "law_grid.txt could not be written";

  EXPECT_EQ(checked, metric_catalog().size() * grid_laws().size() * targets.size());
  for (const law_exception& e : law_exceptions) {
    const auto of_this_law = [&](const auto& law) { return law.first == e.law; };
    if (std::none_of(grid_laws().begin(), grid_laws().end(), of_this_law)) continue;
    EXPECT_TRUE(needed.contains(&e)) << e.law << ": the excuse of " << e.output << " is not needed";
  }
}

TEST(LawGrid, ExcusesAreForOutputsOfTheCatalogue) {
  const numbers outputs = measured(law_datasets().front());
  for (const law_exception& e : law_exceptions) {
    EXPECT_NE(find_metric(e.output.substr(0, e.output.find('.'))), nullptr) << e.output;
    EXPECT_TRUE(std::any_of(outputs.begin(), outputs.end(),
                            [&](const auto& output) { return excuse(e.law, output.first) == &e; }))
        << e.output << " excuses nothing";
    EXPECT_FALSE(e.reason.empty() || e.part.empty()) << e.output;
  }
  EXPECT_EQ(excuse("permutation", "ece.lower"), nullptr);
  EXPECT_EQ(excuse("merge", "classwise_ece.lower"), nullptr);
  EXPECT_EQ(excuse("permutation", "no_such_metric.value"), nullptr);
}

/// All weights times a constant: what does not depend on how many rows there are stays.
TEST(LawGrid, ScaledWeightsKeepEveryValue) {
  std::set<const law_exception*> needed;
  for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance})
    for (const dataset& plain : law_datasets()) {
      dataset weighted = plain;
      add_real_weights(weighted, plain.rows() + 3);
      weighted.weights[0] = 0.25;
      dataset scaled = weighted;
      for (double& w : scaled.weights) w *= 0x1p-7;  // a power of two: no new rounding
      const measure_options options{.weights = kind};
      const numbers left = measured(weighted, options);
      const numbers right = measured(scaled, options);
      for (const metric_entry& entry : metric_catalog()) {
        const std::string output = std::string(entry.name) + ".value";
        const tolerance allowed = is_solved(output) ? solver_tolerance : tolerance{1e-13, 1e-12};
        const bool holds = allowed.holds(left.at(output), right.at(output));
        const law_exception* e = kind == weight_kind::frequency ? excuse("scaled weights", output) : nullptr;
        if (e != nullptr && !holds) needed.insert(e);
        EXPECT_TRUE(holds || e != nullptr)
            << output << ", " << plain.name << ": " << left.at(output) << " and " << right.at(output);
      }
    }
  for (const law_exception& e : law_exceptions) {
    if (e.law != "scaled weights") continue;
    EXPECT_TRUE(needed.contains(&e)) << "the excuse of " << e.output << " is not needed";
  }
}

}  // namespace
}  // namespace calibrant::testing
