// Every metric of the catalogue against the laws of weights, groups, permutation and merging, under every SIMD target.
// Prints the grid:
//   calibrant_tests_laws --gtest_filter='LawGrid.*'
#include <cstdio>
#include <functional>
#include <map>
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

numbers measured(const dataset& data, const measure_options& options = {}) {
  return metric_numbers(measure(data, options).total());
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
    const evaluation_state state = measure(grouped);
    cases.push_back({plain.name + ", total", metric_numbers(state.total()), measured(plain), same});
    for (const auto& [name, panel] : state.panels) {
      std::vector<std::size_t> members;
      for (std::size_t i = 0; i < grouped.rows(); ++i)
        if (grouped.group_names[static_cast<std::size_t>(grouped.groups[i])] == name) members.push_back(i);
      cases.push_back({plain.name + ", group " + name, metric_numbers(panel), measured(take(plain, members)), same});
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
      if (cuts[s] < cuts[s + 1]) shards.push_back(measure(slice(plain, cuts[s], cuts[s + 1])));
    evaluation_state merged = shards.front();
    for (std::size_t s = 1; s < shards.size(); ++s) merged.merge(shards[s]);
    cases.push_back({plain.name, metric_numbers(merged.total()), measured(plain), same});
  }
  return cases;
}

/// The first difference of one metric's outputs, none of them excused; `excused` receives the reasons of those that
/// are.
std::string first_difference(const std::string& law, std::string_view metric, const law_cases& cases,
                             std::string& excused) {
  const auto skip = [&](const std::string& output) {
    if (!(output.starts_with(metric) && output[metric.size()] == '.')) return true;
    const std::string_view reason = excuse(law, output);
    if (!reason.empty()) excused = reason;
    return !reason.empty();
  };
  for (const law_case& c : cases)
    if (const std::string text = differences(c.left, c.right, c.allowed, skip); !text.empty())
      return c.where + ": " + text;
  return {};
}

TEST(LawGrid, EveryMetricKeepsEveryLawUnderEverySimdTarget) {
  const std::vector<std::pair<std::string, std::function<law_cases()>>> laws = {{"weight 2 = twice", weight_two},
                                                                                {"weight 0", weight_zero},
                                                                                {"groups", groups},
                                                                                {"permutation", permutation},
                                                                                {"merge", merging}};
  const std::vector<std::string> targets = simd_targets();
  ASSERT_EQ(targets.back(), "scalar");

  std::map<std::pair<std::string, std::string>, law_cases> results;  // by law and target
  for (const std::string& target : targets) {
    const simd_scope forced(target);
    for (const auto& [law, make] : laws) results[{law, target}] = make();
  }

  std::string header = "metric";
  header.resize(26, ' ');
  std::string each;
  for (const std::string& target : targets) each += (each.empty() ? "" : "/") + target;
  for (const auto& [law, make] : laws) header += "| " + law + std::string(law.size() < 17 ? 17 - law.size() : 0, ' ');
  std::printf("Cells: one word per SIMD target, %s\n%s\n", each.c_str(), header.c_str());

  std::map<std::string, char> notes;  // reason, letter
  for (const metric_entry& entry : metric_catalog()) {
    std::string line(entry.name);
    line.resize(26, ' ');
    for (const auto& [law, make] : laws) {
      std::string cell;
      for (const std::string& target : targets) {
        std::string excused;
        std::string problem = first_difference(law, entry.name, results[{law, target}], excused);
        // The numbers themselves are those of the scalar target, bit for bit.
        const law_cases& here = results[{law, target}];
        const law_cases& scalar = results[{law, "scalar"}];
        for (std::size_t i = 0; i < here.size() && problem.empty(); ++i) {
          const auto other = [&](const std::string& output) {
            return !(output.starts_with(entry.name) && output[entry.name.size()] == '.');
          };
          problem = differences(here[i].left, scalar[i].left, same, other);
          if (!problem.empty()) problem = "not the scalar target's: " + problem;
        }
        EXPECT_TRUE(problem.empty()) << entry.name << ", " << law << ", " << target << ": " << problem;
        EXPECT_FALSE(here.empty()) << law;
        std::string word = problem.empty() ? "ok" : "FAIL";
        if (!excused.empty() && problem.empty())
          word +=
              std::string("(") + notes.try_emplace(excused, static_cast<char>('a' + notes.size())).first->second + ")";
        cell += (cell.empty() ? "" : " ") + word;
      }
      EXPECT_FALSE(cell.empty());
      cell.resize(std::max<std::size_t>(cell.size(), 17), ' ');
      line += "| " + cell;
    }
    std::printf("%s\n", line.c_str());
  }
  for (const auto& [reason, letter] : notes)
    std::printf("(%c) all but the lower end of the interval: %s\n", letter, reason.c_str());
  for (const law_exception& e : law_exceptions)
    EXPECT_NE(find_metric(e.output.substr(0, e.output.find('.'))), nullptr)
        << e.output << " is excused but not in the catalogue";
}

}  // namespace
}  // namespace calibrant::testing
