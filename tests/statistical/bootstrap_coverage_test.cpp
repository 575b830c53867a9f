// Intervals of --bootstrap, by seeded simulation: those that are given hold their level, and for biased plug-in errors
// there are none. Checks as in catalog_coverage_test.cpp, fewer than 100 of them. With
// CALIBRANT_BOOTSTRAP_COVERAGE_PAGE=FILE the measured table is written there as Markdown.
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "statistical/catalog_simulation.hpp"

namespace calibrant::simulation {
namespace {

constexpr double false_alarm = 1e-6;
/// What a bias-corrected percentile interval of 200 replicates is claimed to cover: 200 rows have few errors in them,
/// and the ends are order statistics near the outermost.
constexpr double claimed_coverage[] = {0.90, 0.93};
constexpr std::size_t sizes[] = {200, 2000};
constexpr double truths[] = {0, 0.1};
const std::vector<std::string> means = {"accuracy", "confidence_gap", "log_loss", "brier", "aurc", "augrc"};
const std::vector<std::string> plug_ins = {"ece", "rmsce", "classwise_ece"};

TEST(BootstrapCoverage, HoldsItsLevelOrIsRefused) {
  std::map<std::pair<double, std::size_t>, std::map<std::string, metric_study>> grid;
  for (const double truth : truths)
    for (std::size_t s = 0; s < std::size(sizes); ++s) {
      catalog_study_options options{.population = {}, .ece = truth, .n = sizes[s], .repetitions = 600};
      options.population.rows = 20'000;
      options.metrics = means;
      options.metrics.insert(options.metrics.end(), plug_ins.begin(), plug_ins.end());
      options.bootstrap = 200;
      auto& studies = grid[{truth, sizes[s]}] = run_catalog_study(options);
      for (const std::string& name : means) {
        const metric_study& study = studies.at(name);
        const std::string where = name + ", truth " + std::to_string(truth) + ", n = " + std::to_string(sizes[s]);
        EXPECT_EQ(study.told.value(), 1) << where;  // but for one in 10^7 where the median of 200 replicates is far off
        EXPECT_GT(false_alarm_of_low(study.held, claimed_coverage[s]), false_alarm)
            << where << ": covers " << study.held.value();
      }
      for (const std::string& name : plug_ins) EXPECT_EQ(studies.at(name).told.hits, 0U) << name;
    }
  const char* const path = std::getenv("CALIBRANT_BOOTSTRAP_COVERAGE_PAGE");
  if (path == nullptr) return;
  std::ofstream file(path);
  file << std::fixed << std::setprecision(3) << R"(# Measured coverage of bootstrap intervals

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_BOOTSTRAP_COVERAGE_PAGE=docs/statistics/bootstrap_coverage.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='BootstrapCoverage*'
```

600 samples each of the populations of [the catalogue's tables](catalog_coverage.md) with 5 classes; 200 replicates, level 0.95. *Held*: of the intervals given, the
share that holds the population's value. *Given*: the share of the samples with an interval. Plug-in errors get none: where the bias was judged by the replicates
instead (40 to 60 % of them on either side of the value), the intervals of an ECE of 0.1 held it in 0.21 of those 200-row samples that had one.

| metric)";
  for (const double truth : truths)
    for (const std::size_t n : sizes) {
      file << " | held at " << std::setprecision(1) << truth << std::setprecision(3) << ", " << n << " rows | given";
    }
  file << " |\n|---";
  for (std::size_t i = 0; i < 8; ++i) file << "|---";
  file << "|\n";
  for (const auto* names : {&means, &plug_ins})
    for (const std::string& name : *names) {
      file << "| " << name;
      for (const double truth : truths)
        for (const std::size_t n : sizes) {
          const metric_study& study = grid.at({truth, n}).at(name);
          file << " | ";
          if (study.held.trials == 0)
            file << "-";
          else
            file << study.held.value();
          file << " | " << study.told.value();
        }
      file << " |\n";
    }
}

}  // namespace
}  // namespace calibrant::simulation
