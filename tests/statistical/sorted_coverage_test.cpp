// Coverage, size and bias of the inference on sorted confidences, by seeded simulation; checks as in coverage_test.cpp.
// With the environment variable CALIBRANT_SORTED_COVERAGE_PAGE=FILE the measured tables are written there as Markdown.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/metrics/adaptive_calibration_error.hpp>
#include <calibrant/metrics/hosmer_lemeshow.hpp>
#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>
#include <calibrant/metrics/maximum_mean_calibration_error.hpp>
#include <calibrant/metrics/smooth_calibration_error.hpp>

#include "statistical/coverage.hpp"
#include "statistical/sorted_simulation.hpp"

namespace calibrant::simulation {
namespace {

constexpr double false_alarm = 1e-6;
constexpr double mean_slack = 4.9;
constexpr double level = 0.95;

/// What the samples of one population say about one metric.
struct metric_study {
  const char* name;
  bool has_interval = false;
  share held;
  double width = 0;
  share p_05, p_01;
  double sum = 0, squares = 0, expected = 0;
  double truth = 0;

  void add(const estimate& e, double target) {
    const double value = *e.value.value;
    if (e.uncertainty.bounds) {
      has_interval = true;
      // The population value of a calibrated model is 0 up to rounding and to the tolerance of the solver.
      held.add(e.uncertainty.bounds->lower <= target + 1e-6 && target - 1e-6 <= e.uncertainty.bounds->upper);
      width += e.uncertainty.bounds->upper - e.uncertainty.bounds->lower;
    }
    p_05.add(*e.p_value.value <= 0.05);
    p_01.add(*e.p_value.value <= 0.01);
    sum += value;
    squares += value * value;
    expected += *e.expected_if_calibrated.value;
    truth += target;
  }
  [[nodiscard]] double repetitions() const { return static_cast<double>(p_05.trials); }
  [[nodiscard]] double mean() const { return sum / repetitions(); }
  [[nodiscard]] double standard_error() const {
    return std::sqrt(std::max(squares / repetitions() - mean() * mean(), 0.0) / repetitions());
  }
  [[nodiscard]] double bias() const { return expected / sum - 1; }
};

struct sorted_study {
  std::string population;
  double ece;
  std::size_t n;
  std::vector<metric_study> metrics;
};

std::vector<sorted_study>& finished() {
  static std::vector<sorted_study> all;
  return all;
}

void write_page(std::ostream& out) {
  out << std::fixed << std::setprecision(3) << R"(# Measured coverage: errors over sorted confidences

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_SORTED_COVERAGE_PAGE=docs/statistics/sorted_coverage.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='*Sorted*'
```

Populations, samples and level as in [coverage.md](coverage.md). The targets are the errors of the whole population: of
`ks_error` and `kuiper_error` the extent of its drift, of `smooth_ece` its fixed point, of `adaptive_ece` its error over the
bins that the sample made. *true ece* is the mean |c - q| over the population.

- The intervals of `ks_error`, `kuiper_error` and `smooth_ece` bound the noise of the whole curve, so they are conservative
  where one place of it decides: coverage is .97 and more for over-confident models.
- The p-values of `ks_error` and `kuiper_error` are conservative for few rows, and their expected values too high by the
  same, because the path is seen at its steps alone.
- `hosmer_lemeshow` has the chi-square law only where confidences do not vary within a group and every group expects several
  right and several wrong rows. Confident models on 200 rows are rejected too often: see the detail `fewest_expected`.
- `sweep_ece` and the CORP parts have neither interval nor p-value: their bins follow the labels.

## Coverage at level 0.95

| population | true ece | n | samples | metric | coverage | mean width | mean target |
|---|---|---|---|---|---|---|---|
)";
  for (const sorted_study& s : finished())
    for (const metric_study& m : s.metrics)
      if (m.has_interval)
        out << "| " << s.population << " | " << s.ece << " | " << s.n << " | " << m.p_05.trials << " | " << m.name
            << " | " << m.held.value() << " | " << std::setprecision(4) << m.width / m.repetitions() << " | "
            << m.truth / m.repetitions() << std::setprecision(3) << " |\n";
  out << "\n## Size of the tests and bias of the expected values, under exact calibration\n\n"
         "| population | n | samples | metric | size at .05 | size at .01 | bias |\n|---|---|---|---|---|---|---|\n";
  for (const sorted_study& s : finished())
    for (const metric_study& m : s.metrics)
      if (s.ece < 1e-6)
        out << "| " << s.population << " | " << s.n << " | " << m.p_05.trials << " | " << m.name << " | "
            << m.p_05.value() << " | " << m.p_01.value() << " | " << std::showpos << std::setprecision(1)
            << 100 * m.bias() << std::noshowpos << " ± " << 100 * m.standard_error() / m.mean() << " %"
            << std::setprecision(3) << " |\n";
}

class page_writer : public ::testing::Environment {
 public:
  void TearDown() override {
    const char* path = std::getenv("CALIBRANT_SORTED_COVERAGE_PAGE");
    if (path == nullptr || finished().empty()) return;
    std::ofstream file(path);
    write_page(file);
  }
};
const auto* const registered = ::testing::AddGlobalTestEnvironment(new page_writer);

struct model {
  const char* name;
  std::size_t classes;
  double spread;
  sample_weights weights;
  double errors[3];
};

/// How far the expected value may be off, relative: the steps of few rows, a second-order term of the fixed point.
double bias_claim(const std::string& metric, std::size_t n, bool weighted) {
  const double few = weighted ? 2 : 1;
  if (metric == "ks_error" || metric == "kuiper_error") return few * (n == 200 ? 0.06 : n == 2000 ? 0.02 : 0.01);
  if (metric == "smooth_ece") return few * 0.03;
  return few * 0.02;
}

class SortedCoverage : public ::testing::TestWithParam<model> {};

TEST_P(SortedCoverage, HoldsItsClaims) {
  const model& m = GetParam();
  const bool weighted = m.weights != sample_weights::none;
  constexpr std::size_t sizes[] = {200, 2000, 20000};
  constexpr std::size_t repetitions[] = {4000, 2000, 500};
  for (const double error : m.errors) {
    population_options options;
    options.classes = m.classes;
    options.spread = m.spread;
    options.rows = 20'000;
    if (error > 0) options.sharpness = sorted_sharpness_for(options, error);
    options.rows = 200'000;
    const sorted_population rows(options);
    for (int i = 0; i < 3; ++i) {
      sorted_study s{m.name, rows.truth().ece, sizes[i], {}};
      for (const char* name : {"adaptive_ece", "ks_error", "kuiper_error", "smooth_ece", "mmce", "hosmer_lemeshow"})
        s.metrics.push_back({.name = name, .held = {}, .p_05 = {}, .p_01 = {}});
      for (std::size_t j = 0; j < repetitions[i]; ++j) {
        const sorted_forecasts sample = rows.draw(sizes[i], 1'000'003 * sizes[i] + j, m.weights);
        s.metrics[0].add(adaptive_calibration_error(sample), rows.equal_mass_error(sample, 15));
        s.metrics[1].add(kolmogorov_smirnov_error(sample), rows.truth().ks);
        s.metrics[2].add(kuiper_error(sample), rows.truth().kuiper);
        s.metrics[3].add(smooth_calibration_error(sample), rows.truth().smooth);
        s.metrics[4].add(maximum_mean_calibration_error(sample), 0);
        s.metrics[5].add(hosmer_lemeshow(sample), 0);
      }
      for (const metric_study& x : s.metrics) {
        const std::string where =
            std::string(x.name) + ", n = " + std::to_string(s.n) + ", true ece " + std::to_string(s.ece);
        if (x.has_interval) {
          EXPECT_GT(false_alarm_of_low(x.held, level), false_alarm) << where << ": covers " << x.held.value();
        }
        if (error > 0) continue;
        // With 20 rows a group, hardly one of which is wrong, chi-square is no law of Hosmer and Lemeshow's statistic.
        const bool chi_square = x.name == std::string("hosmer_lemeshow");
        const bool sparse = chi_square && s.n == 200;
        EXPECT_GT(false_alarm_of_high(x.p_05, sparse ? 0.1 : 0.055), false_alarm)
            << where << ": rejects " << x.p_05.value();
        EXPECT_GT(false_alarm_of_high(x.p_01, sparse       ? 0.06
                                              : chi_square ? 0.04
                                                           : 0.014),
                  false_alarm)
            << where << ": rejects " << x.p_01.value();
        if (!weighted && !chi_square) {
          EXPECT_GT(false_alarm_of_low(x.p_05, 0.03), false_alarm) << where << ": rejects only " << x.p_05.value();
        }
        EXPECT_LT(std::abs(x.expected - x.sum) / x.repetitions(),
                  bias_claim(x.name, s.n, weighted) * x.mean() + mean_slack * x.standard_error())
            << where << ": bias " << x.bias();
      }
      finished().push_back(std::move(s));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Populations, SortedCoverage,
    ::testing::Values(model{"5 classes, spread 2", 5, 2, sample_weights::none, {0, 0.03, 0.1}},
                      model{"2 classes, spread 2", 2, 2, sample_weights::none, {0, 0.03, 0.1}},
                      model{"5 classes, spread 6", 5, 6, sample_weights::none, {0, 0.03, 0.1}},
                      model{"5 classes, spread 2, weights exp(Z)", 5, 2, sample_weights::log_normal, {0, 0.03, 0.1}}),
    [](const auto& instance) {
      std::string name;
      for (const char c : std::string(instance.param.name))
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
      return name;
    });

}  // namespace
}  // namespace calibrant::simulation
