// Every interval and p-value of the catalogue, through the pass and the panel that users get, by seeded simulation. A
// check fails only where its claim, if true, would give so extreme a count with probability below 1e-6 (Chernoff
// bound); fewer than 2,000 checks make a false alarm of the whole file less likely than 2e-3, and with fixed seeds it
// happens always or never. With CALIBRANT_CATALOG_COVERAGE_PAGE=FILE the measured tables are written there as Markdown.
#include <algorithm>
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
/// Tests of one pair of rows at a time, or of a bound that no distribution breaks, hardly ever reject.
bool is_weak(const std::string& metric) { return metric.starts_with("skce"); }
constexpr std::size_t sizes[] = {200, 2000, 20000};
constexpr double truths[] = {0, 0.03, 0.1};
const std::string shown[] = {"0", "0.03", "0.1"};

struct model {
  std::size_t classes;
  double spread;
  std::size_t repetitions[3];  ///< by size
};
constexpr model models[] = {{5, 2, {2000, 1000, 200}}, {2, 2, {1000, 500, 0}}, {50, 2.5, {500, 200, 0}}};

constexpr double claimed_coverage = 0.95;
constexpr double claimed_size = 0.055;

/// studies[truth][size] of one model
using model_studies = std::vector<std::vector<std::map<std::string, metric_study>>>;
using study_grid = std::vector<model_studies>;

struct column {
  std::string heading;
  std::size_t truth;
  std::size_t size;
  share metric_study::* part;
};

/// A row for each metric that has a figure in some column.
void write_table(std::ostream& out, const model_studies& studies, const std::vector<column>& columns) {
  out << "| metric |";
  for (const column& c : columns) out << " " << c.heading << " |";
  out << "\n|---|";
  for (std::size_t c = 0; c < columns.size(); ++c) out << "---|";
  out << "\n";
  for (const metric_entry& entry : metric_catalog()) {
    std::vector<share> shares;
    for (const column& c : columns) {
      const auto& of_column = studies[c.truth][c.size];
      const auto found = of_column.find(std::string(entry.name));
      shares.push_back(found == of_column.end() ? share{} : found->second.*c.part);
    }
    if (std::all_of(shares.begin(), shares.end(), [](const share& s) { return s.trials == 0; })) continue;
    out << "| " << entry.name << " |";
    for (const share& s : shares) {
      if (s.trials == 0)
        out << " - |";
      else
        out << " " << s.value() << " |";
    }
    out << "\n";
  }
  out << "\n";
}

void write_page(std::ostream& out, const study_grid& grid) {
  out << std::fixed << std::setprecision(3);
  out << R"(# Measured coverage, size and power of the whole catalogue

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_CATALOG_COVERAGE_PAGE=docs/statistics/catalog_coverage.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='*CatalogCoverage*'
```

Samples of n rows are drawn with replacement from a population of 20,000 rows of normal logits (spread 2, or 2.5 for 50 classes), labels by their known
probabilities, and evaluated as a user would: every metric by name, 15 bins, level 0.95, unweighted. *Truth* is the population's ECE, 0 for an exactly calibrated
model, over-confident else. The target of an interval is the value of the metric on the whole population with its label probabilities as soft labels (of the
debiased errors: the error itself; of `skce`: its expectation). A "-" is a metric without an interval or without such a target: that of `mce` depends on the
bins of the sample (see [coverage](coverage.md)). The standard error of a coverage near 0.95 is 0.005 at n = 200, 0.007 at 2,000 and 0.015 at 20,000 with 5
classes.

)";
  for (std::size_t m = 0; m < std::size(models); ++m) {
    std::vector<column> coverages, tests;
    const auto add = [&](std::vector<column>& columns, const std::string& heading, std::size_t truth,
                         share metric_study::* part) {
      for (std::size_t s = 0; s < std::size(sizes); ++s)
        if (models[m].repetitions[s] > 0)
          columns.push_back({heading + ", n = " + std::to_string(sizes[s]), truth, s, part});
    };
    for (std::size_t t = 0; t < std::size(truths); ++t) add(coverages, "truth " + shown[t], t, &metric_study::held);
    add(tests, "size .05", 0, &metric_study::p_05);
    add(tests, ".01", 0, &metric_study::p_01);
    for (std::size_t t = 1; t < std::size(truths); ++t) add(tests, "power at " + shown[t], t, &metric_study::p_05);
    out << "## Coverage, " << models[m].classes << " classes\n\n";
    write_table(out, grid[m], coverages);
    out << "## Size and power, " << models[m].classes << " classes\n\n"
        << "Share of the samples with a p-value of at most .05 (size, for the calibrated population also of at most "
           ".01), and the power at .05.\n\n";
    write_table(out, grid[m], tests);
  }
  out << "Every interval holds its level within simulation error, and every test its size; both are checked by the "
         "test. `skce` compares one pair of rows at a "
         "time and `skce_unbiased` uses a bound that no distribution breaks, so they find little; the interval of "
         "`skce` is given from 500 pairs on, since with 100 "
         "it was found to cover 0.86 to 0.95.\n";
}

TEST(CatalogCoverage, EveryIntervalAndTestHoldsItsClaim) {
  study_grid grid;
  for (const model& m : models) {
    auto& of_model = grid.emplace_back();
    for (const double truth : truths) {
      auto& of_truth = of_model.emplace_back();
      for (std::size_t s = 0; s < std::size(sizes); ++s) {
        auto& studies = of_truth.emplace_back();
        if (m.repetitions[s] == 0) continue;
        catalog_study_options options{.population = {}, .ece = truth, .n = sizes[s], .repetitions = m.repetitions[s]};
        options.population.rows = 20'000;
        options.population.classes = m.classes;
        options.population.spread = m.spread;
        studies = run_catalog_study(options);
        for (const auto& [name, study] : studies) {
          const std::string where = name + ", " + std::to_string(m.classes) + " classes, truth " +
                                    std::to_string(truth) + ", n = " + std::to_string(sizes[s]);
          if (study.held.trials > 0) {
            EXPECT_GT(false_alarm_of_low(study.held, claimed_coverage), false_alarm)
                << where << ": covers " << study.held.value() << " of " << study.held.trials << ", target "
                << study.target << ", above " << study.above.value() << ", below " << study.below.value();
          }
          const bool plain = (truth == 0.1 && sizes[s] >= 2000) || (truth == 0.03 && sizes[s] == 20000);
          if (study.p_05.trials > 0 && plain && !is_weak(name)) {
            EXPECT_GT(false_alarm_of_low(study.p_05, 0.9), false_alarm)
                << where << ": finds " << study.p_05.value() << " of " << study.p_05.trials;
          }
          if (study.p_05.trials > 0 && truth == 0) {
            EXPECT_GT(false_alarm_of_high(study.p_05, claimed_size), false_alarm)
                << where << ": rejects " << study.p_05.value() << " of " << study.p_05.trials;
          }
        }
      }
    }
  }
  if (const char* path = std::getenv("CALIBRANT_CATALOG_COVERAGE_PAGE")) {
    std::ofstream file(path);
    write_page(file, grid);
  }
}

}  // namespace
}  // namespace calibrant::simulation
