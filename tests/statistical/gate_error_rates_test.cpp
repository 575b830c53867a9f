// Error rates and power of the gate, by seeded simulation. With CALIBRANT_GATE_PAGE=FILE the measured table is written
// there as Markdown.
#include <calibrant/evaluation/gate.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iomanip>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "statistical/error_rates.hpp"
#include "statistical/gap_population.hpp"

namespace calibrant::testing {
namespace {

constexpr double limit = 0.05;
constexpr double truths[] = {0, 0.02, 0.04, 0.05, 0.08, 0.12};

void write_head(page& out) {
  out << R"(# Measured error rates of the gate

Written by the slow tests; to measure again, from the root of the project:

```
CALIBRANT_GATE_PAGE=docs/statistics/gate_error_rates.md build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='GateErrorRates*'
```

`calibrant check` at level 0.95 on seeded samples of populations whose calibration error is known. A false pass or a false failure may have a probability of 0.05;
the tests allow .01 and three standard errors of the simulation more (in all .075 of 2,000 samples, .081 of 1,000, .106 of 200).

)";
}

constexpr const char* compared[] = {"ece", "ece_l2_debiased", "brier", "log_loss", "accuracy"};

/// How often each metric of the second of two samples of one population is called worse.
std::vector<rates> compare_samples(const population& rows, std::size_t now, std::size_t before, std::uint64_t seed) {
  const std::size_t repeated = now + before > 9000 ? 500 : 1000;
  std::vector<std::array<bool, std::size(compared)>> worse(repeated);
  thread_pool pool(0);
  pool.run(repeated, [&](std::size_t i) {
    const evaluation_state baseline = sample(rows, before, seed + i);
    const evaluation_state model = sample(rows, now, seed + 500'000 + i);
    for (std::size_t m = 0; m < std::size(compared); ++m) {
      const gate_options options{.limits = {{.metric = compared[m], .rule = limit_rule::no_worse}}};
      worse[i][m] = judge(model, options, &baseline).outcome == gate_outcome::fail;
    }
  });
  std::vector<rates> result(std::size(compared), {.repetitions = static_cast<double>(repeated)});
  for (const auto& one : worse)
    for (std::size_t m = 0; m < std::size(compared); ++m) result[m].failed += one[m] ? 1 : 0;
  return result;
}

/// Both outcomes of limits that are exactly the truth, where either is false.
void measure_limits_at_the_truth(page& out, std::uint64_t seed) {
  out << R"(
## Limits at the truth

The limit is the true value of the population, so that either outcome is false: the worst case.

| metric | gaps | rows | false pass | false failure |
|---|---|---|---|---|
)";
  for (const shape& of : {shapes[0], shapes[2], shapes[4]})
    for (std::size_t s = 0; s < std::size(sizes); ++s) {
      const population rows(of, 0.05);
      const population::truth truth = rows.metrics();
      const metric_limit tested[] = {
          {.metric = "rmsce", .limit = truth.rmsce},
          {.metric = "classwise_ece", .limit = truth.classwise},
          {.metric = "accuracy", .rule = limit_rule::at_least, .limit = truth.accuracy},
      };
      std::vector<std::array<gate_outcome, std::size(tested)>> outcomes(repetitions[s]);
      const std::uint64_t first = seed += 1'000'000;
      thread_pool pool(0);
      pool.run(repetitions[s], [&](std::size_t i) {
        const evaluation_state drawn = sample(rows, sizes[s], first + i);
        for (std::size_t m = 0; m < std::size(tested); ++m)
          outcomes[i][m] = judge(drawn, {.limits = {tested[m]}}).outcome;
      });
      for (std::size_t m = 0; m < std::size(tested); ++m) {
        const rates measured = simulate(repetitions[s], [&](std::size_t i) { return outcomes[i][m]; });
        out << "| " << tested[m].metric << " | " << of.name << " | " << sizes[s] << " | " << measured.pass() << " | "
            << measured.fail() << " |\n";
        const std::string where = tested[m].metric + ", " + of.name + ", n = " + std::to_string(sizes[s]);
        EXPECT_LE(measured.pass(), allowed(measured)) << where;
        EXPECT_LE(measured.fail(), allowed(measured)) << where;
      }
    }
}

TEST(GateErrorRates, OfTheCalibrationErrorAndWhatIsMeasuredBesides) {
  page out("CALIBRANT_GATE_PAGE");
  write_head(out);
  out << R"(## One limit: `ece` at most 0.05

Five classes, 15 bins; *true ECE* is that of the population. *pass* and *fail* are shares of the samples, the rest cannot tell. At 0.05 and below a failure is false, at
0.05 and above a pass is (the limit itself is both, the worst case of either).

| gaps | true ECE)";
  for (const std::size_t n : sizes) out << " | n = " << n << ": pass | fail";
  out << " |\n|---|---|---|---|---|---|---|---|\n";
  std::uint64_t seed = 0;
  for (const shape& of : shapes)
    for (const double truth : truths) {
      const population rows(of, truth);
      out << "| " << of.name << " | " << truth;
      for (std::size_t s = 0; s < std::size(sizes); ++s) {
        const std::uint64_t first = seed += 1'000'000;
        const rates measured = simulate(repetitions[s], [&](std::size_t i) {
          return judge(sample(rows, sizes[s], first + i), {.limits = {{.metric = "ece", .limit = limit}}}).outcome;
        });
        const std::string where =
            std::string(of.name) + ", true " + std::to_string(truth) + ", n = " + std::to_string(sizes[s]);
        out << " | " << measured.pass() << " | " << measured.fail();
        RecordProperty(where, std::to_string(measured.pass()) + " " + std::to_string(measured.fail()));
        if (truth <= limit) {
          EXPECT_LE(measured.fail(), allowed(measured)) << where;
        }
        if (truth >= limit) {
          EXPECT_LE(measured.pass(), allowed(measured)) << where;
        }
        if (sizes[s] == 20'000 && truth <= 0.02) {
          EXPECT_GE(measured.pass(), 0.99) << where;
        }
        if (sizes[s] == 20'000 && truth >= 0.08) {
          EXPECT_GE(measured.fail(), 0.99) << where;
        }
        if (sizes[s] == 2000 && truth == 0) {
          EXPECT_GE(measured.pass(), 0.9) << where;
        }
        if (sizes[s] == 2000 && truth == 0.02) {
          EXPECT_GE(measured.pass(), 0.35) << where;
        }
        if (sizes[s] == 2000 && truth == 0.08) {
          EXPECT_GE(measured.fail(), 0.17 - 3 * std::sqrt(0.17 * 0.83 / 1000)) << where;
        }
        if (sizes[s] == 2000 && truth == 0.12) {
          EXPECT_GE(measured.fail(), 0.97) << where;
        }
        if (sizes[s] == 200 && truth == 0.04) {
          EXPECT_GE(measured.open(), 0.9) << where;
        }
      }
      out << " |\n";
    }

  out << R"(
## ECE 0.04 against the limit 0.05

| gaps | rows | pass | fail | cannot tell |
|---|---|---|---|---|
)";
  for (const shape& of : {shapes[0], shapes[2], shapes[4]})
    for (const std::size_t n : {std::size_t{200}, std::size_t{100'000}}) {
      const population rows(of, 0.04);
      const std::uint64_t first = seed += 1'000'000;
      const rates measured = simulate(n == 200 ? 1000 : 60, [&](std::size_t i) {
        return judge(sample(rows, n, first + i), {.limits = {{.metric = "ece", .limit = limit}}}).outcome;
      });
      out << "| " << of.name << " | " << n << " | " << measured.pass() << " | " << measured.fail() << " | "
          << measured.open() << " |\n";
      if (n == 200) {
        EXPECT_GE(measured.open(), 0.9) << of.name;
      } else {
        EXPECT_GE(measured.pass(), 0.95) << of.name;
      }
    }

  measure_limits_at_the_truth(out, 900'000'000);

  out << R"(
## Ten groups, or a model against a baseline

*false failure*: the share of samples in which any of the groups that keep the limit (eight exactly at it, besides one far beyond it and one calibrated) fails; or, of two
samples of one population, in which the second is called worse. *false pass*: the share in which the gate passes though a group breaks its limit, by nothing.

| what | rows | false failure | false pass |
|---|---|---|---|
)";
  const population at_limit(shapes[0], 0.05);
  const population beyond(shapes[0], 0.15);
  const population calibrated(shapes[0], 0);
  const std::uint64_t of_groups = seed += 1'000'000;
  const auto grouped = [&](std::size_t n, std::uint64_t own, const std::vector<const population*>& members) {
    generator random(own);
    dataset data{.name = "groups", .classes = 5};
    for (std::size_t g = 0; g < members.size(); ++g) {
      data.group_names.push_back(std::string(1, static_cast<char>('a' + g)));
      members[g]->draw(data, n, random);
      data.groups.insert(data.groups.end(), n, static_cast<std::int32_t>(g));
    }
    return judge(measure(data, {.parts = panel_part::top_label}),
                 {.limits = {{.metric = "ece", .limit = limit, .per_group = true}}});
  };
  for (const std::size_t n : {std::size_t{500}, std::size_t{5000}}) {
    const std::vector<const population*> mixed = {&beyond,   &at_limit, &at_limit, &at_limit, &at_limit,
                                                  &at_limit, &at_limit, &at_limit, &at_limit, &calibrated};
    const rates failures = simulate(n == 500 ? 600 : 200, [&](std::size_t i) {
      const gate_result result = grouped(n, of_groups + n * 1000 + i, mixed);
      const bool any = std::any_of(result.checks.begin() + 2, result.checks.end(),
                                   [](const gate_check& c) { return c.outcome == gate_outcome::fail; });
      return any ? gate_outcome::fail : gate_outcome::inconclusive;
    });
    const rates passes = simulate(n == 500 ? 600 : 200, [&](std::size_t i) {
      return grouped(n, of_groups + n * 2000 + i, {&calibrated, &calibrated, &at_limit}).outcome;
    });
    out << "| ten groups, `ece` | " << n << " each | " << failures.fail() << " | " << passes.pass() << " |\n";
    EXPECT_LE(failures.fail(), allowed(failures)) << n;
    EXPECT_LE(passes.pass(), allowed(passes)) << n;
  }
  const std::pair<std::size_t, std::size_t> pairs[] = {{500, 500}, {500, 10'000}, {10'000, 500}, {5000, 5000}};
  for (const shape& of : {shapes[0], shapes[2], shapes[6]})
    for (const double truth : {0.0, 0.05}) {
      const population rows(of, truth);
      for (const auto& [now, before] : pairs) {
        const std::uint64_t first = seed += 1'000'000;
        const std::vector<rates> measured = compare_samples(rows, now, before, first);
        for (std::size_t m = 0; m < std::size(compared); ++m) {
          const std::string where =
              std::string(of.name) + ", " + compared[m] + ", true ECE " + (truth == 0 ? "0" : "0.05");
          out << "| no worse: " << where << " | " << now << " against " << before << " | " << measured[m].fail()
              << " | - |\n";
          EXPECT_LE(measured[m].fail(), allowed(measured[m])) << where << ", " << now << " against " << before;
        }
      }
    }
}

}  // namespace
}  // namespace calibrant::testing
