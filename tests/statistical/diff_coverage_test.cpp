// False alarms and coverage of calibrant diff, by seeded simulation. With CALIBRANT_DIFF_PAGE=FILE the measured tables
// are written there as Markdown.
#include <calibrant/evaluation/state_diff.hpp>

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "statistical/error_rates.hpp"
#include "statistical/gap_population.hpp"

namespace calibrant::testing {
namespace {

constexpr std::array<const char*, 6> leading = {"accuracy", "mean_confidence", "confidence_gap",
                                                "ece",      "log_loss",        "brier"};
constexpr std::array<std::pair<std::size_t, std::size_t>, 4> rows = {
    {{200, 200}, {500, 10'000}, {2000, 2000}, {20'000, 20'000}}};

std::size_t repeated(std::pair<std::size_t, std::size_t> n) { return n.first + n.second > 30'000 ? 200 : 1000; }

evaluation_state sample_of(const population& from, std::size_t n, std::uint64_t seed) {
  generator random(seed);
  dataset data{.name = "sample", .classes = 5};
  data.group_names = {"a", "b", "c"};
  from.draw_of_every_class(data, n, random);
  for (std::size_t i = 0; i < n; ++i) data.groups.push_back(static_cast<std::int32_t>(i % 3));
  return measure(data, {.parts = panel_part::top_label | panel_part::proper_scores | panel_part::confidence_scores |
                                 panel_part::classwise});
}

evaluation population_of(const population& from) {
  return evaluate(measure(from.without_chance(), {.parts = panel_part::top_label | panel_part::proper_scores |
                                                           panel_part::confidence_scores | panel_part::classwise}));
}

/// What one diff of two samples of known populations found.
struct found {
  bool in_leading = false;
  bool in_further = false;
  bool in_classes = false;
  bool in_groups = false;
  std::array<bool, leading.size()> covered{};
  std::array<bool, leading.size()> alone{};  ///< the p-value of the metric itself is at most alpha
};

found once(const population& before, const population& after, std::pair<std::size_t, std::size_t> n, std::uint64_t seed,
           const std::array<double, leading.size()>& truth) {
  const state_diff result = diff(sample_of(before, n.first, seed), sample_of(after, n.second, seed + 500'000));
  found what;
  const auto any = [](const auto& changes) {
    for (const auto& change : changes)
      if (change.significant()) return true;
    return false;
  };
  what.in_leading = any(result.leading) || result.class_mix.changed;
  what.in_further = any(result.further);
  what.in_classes = any(result.by_class);
  what.in_groups = any(result.groups) || result.group_mix.changed;
  for (std::size_t m = 0; m < leading.size(); ++m) {
    const measured_change& change = result.leading[m];
    const interval& bounds = *change.uncertainty.bounds;
    what.covered[m] = bounds.lower <= truth[m] && truth[m] <= bounds.upper;
    what.alone[m] = *change.p_value.value <= alpha;
  }
  return what;
}

std::vector<found> repeat(const population& before, const population& after, std::pair<std::size_t, std::size_t> n,
                          std::uint64_t seed) {
  const evaluation old_rows = population_of(before);
  const evaluation new_rows = population_of(after);
  std::array<double, leading.size()> truth{};
  for (std::size_t m = 0; m < leading.size(); ++m)
    truth[m] = *new_rows.total.find(leading[m])->value.value - *old_rows.total.find(leading[m])->value.value;
  std::vector<found> all(repeated(n));
  thread_pool pool(0);
  pool.run(all.size(), [&](std::size_t i) { all[i] = once(before, after, n, seed + i, truth); });
  return all;
}

template <class Test>
double share(const std::vector<found>& all, Test test) {
  double count = 0;
  for (const found& one : all) count += test(one) ? 1 : 0;
  return count / static_cast<double>(all.size());
}

/// Below the level by no more than .01 and three standard errors of the simulation.
double least_coverage(const std::vector<found>& all) {
  return 1 - allowed({.repetitions = static_cast<double>(all.size())});
}

std::string size_text(std::pair<std::size_t, std::size_t> n) {
  return std::to_string(n.first) + " and " + std::to_string(n.second);
}

TEST(DiffCoverage, FalseAlarmsAndCoverage) {
  page out("CALIBRANT_DIFF_PAGE");
  out << R"(# Measured false alarms and coverage of diff

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_DIFF_PAGE=docs/statistics/diff_coverage.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='DiffCoverage*'
```

`calibrant diff` at level 0.95 on seeded samples of known populations with five classes and three groups. The tests allow .01 and three standard errors of the simulation
beyond the level (false alarms in all up to .081 of 1,000 samples, .106 of 200; coverage from .919 and .894).

## False alarms

Two samples of one population. The share of 1,000 pairs (200 of the largest) in which anything of a family is called a change; each may be 0.05.

| gaps | true ECE | rows | leading, mix of classes | other metrics | classes | groups |
|---|---|---|---|---|---|---|
)";
  std::uint64_t seed = 2'000'000'000;
  std::vector<std::pair<std::string, std::vector<found>>> of_equals;
  for (const shape& of : {shapes[0], shapes[2], shapes[6]})
    for (const double truth : {0.0, 0.05})
      for (const auto& n : rows) {
        const population from(of, truth);
        std::vector<found> all = repeat(from, from, n, seed += 1'000'000);
        const std::string where = std::string(of.name) + " | " + (truth == 0 ? "0" : "0.05") + " | " + size_text(n);
        const double families[] = {share(all, [](const found& f) { return f.in_leading; }),
                                   share(all, [](const found& f) { return f.in_further; }),
                                   share(all, [](const found& f) { return f.in_classes; }),
                                   share(all, [](const found& f) { return f.in_groups; })};
        out << "| " << where;
        for (const double rate : families) {
          out << " | " << rate;
          EXPECT_LE(rate, 1 - least_coverage(all)) << where;
        }
        out << " |\n";
        of_equals.emplace_back(where, std::move(all));
      }

  out << R"(
## Coverage

The share of the intervals that hold the true difference, which may not be below 0.95: of one population with itself, and between two populations.

| gaps | true ECE | rows | )";
  for (const char* const metric : leading) out << "`" << metric << "` | ";
  out << "\n|---|---|---|---|---|---|---|---|---|\n";
  const auto write = [&](const std::string& where, const std::vector<found>& all) {
    out << "| " << where;
    for (std::size_t m = 0; m < leading.size(); ++m) {
      const double coverage = share(all, [&](const found& f) { return f.covered[m]; });
      out << " | " << coverage;
      EXPECT_GE(coverage, least_coverage(all)) << where << ", " << leading[m];
    }
    out << " |\n";
  };
  for (const auto& [where, all] : of_equals) write(where, all);
  double power = 0;
  for (const shape& of : {shapes[0], shapes[2], shapes[6]})
    for (const auto& [old_error, new_error] : {std::pair{0.0, 0.08}, std::pair{0.03, 0.05}, std::pair{0.1, 0.02}})
      for (const auto& n : rows) {
        const std::vector<found> all =
            repeat(population(of, old_error), population(of, new_error), n, seed += 1'000'000);
        std::string where = std::string(of.name) + " | ";
        for (const double error : {old_error, new_error}) {
          std::string digits = std::to_string(error);
          digits.resize(4);
          where += digits + (error == old_error ? " to " : "");
        }
        write(where + " | " + size_text(n), all);
        if (n.first == 20'000) power = share(all, [](const found& f) { return f.alone[3]; });
        if (n.first == 20'000 && std::abs(new_error - old_error) > 0.05) {
          EXPECT_GE(power, 0.99) << where << ": a change this large is seen";
        }
      }
}

}  // namespace
}  // namespace calibrant::testing
