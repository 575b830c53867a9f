// Tests and intervals of comparisons, by seeded simulation: no test calls two equally good models different more often
// than it says, intervals hold the true difference. The populations are those of support/noisy_models.hpp. With
// CALIBRANT_COMPARISON_COVERAGE_PAGE=FILE the measured table is written there as Markdown.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/noisy_models.hpp"

namespace calibrant::testing {
namespace {

struct population {
  const char* name;
  noisy_model a;
  noisy_model b;
  bool equal;  ///< a and b are alike, so that no metric differs
};
constexpr population populations[] = {
    {"both calibrated", {.noise = 1, .factor = 1}, {.noise = 1, .factor = 1}, true},
    {"both over-confident", {.noise = 1, .factor = 2}, {.noise = 1, .factor = 2}, true},
    {"one over-confident", {.noise = 1, .factor = 2}, {.noise = 1, .factor = 1}, false},
    {"one sees less", {.noise = 0.5, .factor = 1.2}, {.noise = 1.5, .factor = 1.2}, false},
};
constexpr std::size_t sizes[] = {500, 5000};
/// So many that 0.93 and the bound of false alarms are far from what chance makes of a rate that is kept.
constexpr std::size_t repetitions[] = {4000, 2500};
const std::vector<std::string> tested = {"log_loss", "brier", "accuracy", "ece_l2_squared"};

struct tally {
  double rejected = 0;
  double held = 0;
  double given = 0;
};
struct study {
  std::map<std::string, tally> metrics;
  double any_finding = 0;  ///< some adjusted p-value is at most 0.05
};

/// What a sample of a size that hides no bias says of a difference.
std::map<std::string, double> true_differences(const population& of) {
  std::map<std::string, double> truth;
  constexpr int parts = 4;
  comparison_options options;
  options.replicates = 2;
  for (int part = 0; part < parts; ++part) {
    const auto [a, b] = draw_answers(500'000, of.a, of.b, 1'000 + static_cast<std::uint64_t>(part));
    const comparison large = comparison_of(a, b, options, 2);
    for (const paired_difference& d : large.pairs[0].differences)
      truth[std::string(d.entry->name)] += of.equal ? 0 : *d.value.value / parts;
  }
  return truth;
}

study simulate(const population& of, std::size_t n, std::size_t repeated, std::uint64_t seed) {
  const std::map<std::string, double> truth = true_differences(of);
  study result;
  comparison_options options;
  options.replicates = 199;  // p-values are then multiples of 1/200
  thread_pool pool(0);
  std::vector<comparison> drawn(repeated);
  pool.run(repeated, [&](std::size_t i) {
    const auto [a, b] = draw_answers(n, of.a, of.b, seed + i);
    comparison_options own = options;
    own.seed = seed + i;
    drawn[i] = comparison_of(a, b, own);
  });
  for (const comparison& each : drawn) {
    bool any = false;
    for (const paired_difference& d : each.pairs[0].differences) {
      if (!d.p_value.value) continue;
      tally& count = result.metrics[std::string(d.entry->name)];
      count.rejected += *d.p_value.value <= 0.05 ? 1 : 0;
      any = any || *d.adjusted_p_value.value <= 0.05;
      if (!d.uncertainty.bounds) continue;
      ++count.given;
      const double value = truth.at(std::string(d.entry->name));
      count.held += d.uncertainty.bounds->lower <= value && value <= d.uncertainty.bounds->upper ? 1 : 0;
    }
    result.any_finding += any ? 1 : 0;
  }
  return result;
}

void write_page(const char* path, const std::map<std::string, std::vector<study>>& grid) {
  std::ofstream file(path);
  file
      << std::fixed << std::setprecision(3) << R"(# Measured tests and intervals of comparisons

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_COMPARISON_COVERAGE_PAGE=docs/statistics/comparison_coverage.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='ComparisonCoverage*'
```

)" << repetitions[0]
      << " samples of 500 rows and " << repetitions[1]
      << R"( of 5,000, of two classes and two models that see the truth through noise of their own; 199 replicates, level 0.95. *Held*: the share of the intervals that
hold the true difference. *p*: the share of p-values of at most 0.05: false alarms where the models are alike, power elsewhere. *Any*: the share of samples with an
adjusted p-value of at most 0.05.

| models | rows)";
  for (const std::string& metric : tested) file << " | " << metric << ": held | p";
  file << " | any |\n|---|---";
  for (std::size_t i = 0; i < tested.size(); ++i) file << "|---|---";
  file << "|---|\n";
  for (const population& of : populations)
    for (std::size_t s = 0; s < std::size(sizes); ++s) {
      const study& measured = grid.at(of.name)[s];
      const auto repeated = static_cast<double>(repetitions[s]);
      file << "| " << of.name << " | " << sizes[s];
      for (const std::string& metric : tested) {
        const tally& count = measured.metrics.at(metric);
        file << " | " << count.held / count.given << " | " << count.rejected / repeated;
      }
      file << " | " << measured.any_finding / repeated << " |\n";
    }
}

TEST(ComparisonCoverage, TestsAndIntervalsHoldTheirLevel) {
  std::map<std::string, std::vector<study>> grid;
  std::uint64_t seed = 0;
  for (const population& of : populations)
    for (std::size_t s = 0; s < std::size(sizes); ++s) {
      const study measured = simulate(of, sizes[s], repetitions[s], seed += 1'000'000);
      grid[of.name].push_back(measured);
      const auto repeated = static_cast<double>(repetitions[s]);
      const double noise = std::sqrt(0.05 * 0.95 / repeated);  // of a rate of 0.05
      for (const std::string& metric : tested) {
        const std::string where = std::string(of.name) + ", " + metric + ", n = " + std::to_string(sizes[s]);
        const tally& count = measured.metrics.at(metric);
        EXPECT_EQ(count.given, repeated) << where;
        EXPECT_GE(count.held / count.given, 0.93) << where;
        if (of.equal) {
          EXPECT_LE(count.rejected / repeated, 0.05 + 3 * noise) << where;
        }
        RecordProperty(where,
                       std::to_string(count.held / count.given) + " " + std::to_string(count.rejected / repeated));
      }
      if (of.equal) {
        EXPECT_LE(measured.any_finding / repeated, 0.05 + 3 * noise) << of.name;
      }
    }
  if (const char* const path = std::getenv("CALIBRANT_COMPARISON_COVERAGE_PAGE")) write_page(path, grid);
}

}  // namespace
}  // namespace calibrant::testing
