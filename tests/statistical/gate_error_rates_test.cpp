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

#include "support/measure.hpp"

namespace calibrant::testing {
namespace {

constexpr double alpha = 0.05;
constexpr double limit = 0.05;

/// Confidences as quantiles, and the sign and size of confidence less accuracy up to a factor.
struct shape {
  const char* name;
  double (*confidence)(double u);
  double (*gap)(double c);
};
double broad(double u) { return 0.3 + 0.699 * u; }
double sure(double u) { return 1 - 0.5 * std::pow(u, 4) - 0.001; }
double bin(double c) { return std::floor(15 * c); }
constexpr shape shapes[] = {
    {"over-confident", broad, [](double) { return 1.0; }},
    {"under-confident", broad, [](double) { return -1.0; }},
    {"over, then under", broad, [](double c) { return c < 0.65 ? -1.0 : 1.0; }},
    {"alternating bins", broad, [](double c) { return std::fmod(bin(c), 2) == 0 ? 1.0 : -1.0; }},
    {"as the noise", broad, [](double c) { return std::sqrt(c * (1 - c)); }},
    {"in three bins", broad, [](double c) { return bin(c) >= 9 && bin(c) < 12 ? 1.0 : 0.0; }},
    {"over-confident, sure", sure, [](double) { return 1.0; }},
};

/// A population in which confidence c is right with probability c - factor gap(c), within [0, 1].
class population {
 public:
  population(const shape& of, double ece) : shape_(of) {
    double low = 0;
    double high = 4;
    for (int step = 0; step < 50; ++step) {
      factor_ = (low + high) / 2;
      (error() < ece ? low : high) = factor_;
    }
    if (ece == 0) factor_ = 0;
  }

  [[nodiscard]] double accuracy(double c) const { return std::clamp(c - factor_ * shape_.gap(c), 0.0, 1.0); }

  /// Adds n rows of five classes, whose first is always predicted.
  void draw(dataset& into, std::size_t n, generator& random) const {
    for (std::size_t i = 0; i < n; ++i) {
      const double c = shape_.confidence(random.uniform());
      const double rest = (1 - c) / 4;
      into.push({c, rest, rest, rest, rest},
                random.uniform() < accuracy(c) ? 0 : 1 + static_cast<int>(random.below(4)));
    }
  }

  /// What metrics would be of all rows, by the midpoint rule.
  struct truth {
    double ece = 0, rmsce = 0, classwise = 0, accuracy = 0;
  };
  [[nodiscard]] truth metrics() const {
    constexpr std::size_t points = 20'000;
    double gaps[15] = {};
    double mass[15] = {};
    double others[15] = {};  // of each class but the first: p = (1 - c) / 4
    truth result;
    for (std::size_t i = 0; i < points; ++i) {
      const double c = shape_.confidence((static_cast<double>(i) + 0.5) / points);
      const double gap = (c - accuracy(c)) / points;
      gaps[static_cast<std::size_t>(bin(c))] += gap;
      mass[static_cast<std::size_t>(bin(c))] += 1.0 / points;
      others[static_cast<std::size_t>(bin((1 - c) / 4))] += gap / 4;
      result.accuracy += accuracy(c) / points;
    }
    for (std::size_t b = 0; b < 15; ++b) {
      result.ece += std::abs(gaps[b]);
      if (mass[b] > 0) result.rmsce += gaps[b] * gaps[b] / mass[b];
      result.classwise += (std::abs(gaps[b]) + 4 * std::abs(others[b])) / 5;
    }
    result.rmsce = std::sqrt(result.rmsce);
    return result;
  }

 private:
  [[nodiscard]] double error() const { return metrics().ece; }

  shape shape_;
  double factor_ = 0;
};

evaluation_state sample(const population& of, std::size_t n, std::uint64_t seed) {
  generator random(seed);
  dataset data{.name = "sample", .classes = 5};
  of.draw(data, n, random);
  return measure(data, {.parts = panel_part::top_label | panel_part::proper_scores | panel_part::classwise});
}

struct rates {
  double passed = 0;
  double failed = 0;
  double repetitions = 0;
  [[nodiscard]] double pass() const { return passed / repetitions; }
  [[nodiscard]] double fail() const { return failed / repetitions; }
  [[nodiscard]] double open() const { return 1 - pass() - fail(); }
};

rates simulate(std::size_t repetitions, const std::function<gate_outcome(std::size_t)>& once) {
  std::vector<gate_outcome> outcomes(repetitions);
  thread_pool pool(0);
  pool.run(repetitions, [&](std::size_t i) { outcomes[i] = once(i); });
  rates result{.repetitions = static_cast<double>(repetitions)};
  for (const gate_outcome outcome : outcomes) {
    result.passed += outcome == gate_outcome::pass ? 1 : 0;
    result.failed += outcome == gate_outcome::fail ? 1 : 0;
  }
  return result;
}

/// What a rate that is kept may look like: the stated rate, .01 and three standard errors of the simulation.
double allowed(const rates& of) { return alpha + 0.01 + 3 * std::sqrt(alpha * (1 - alpha) / of.repetitions); }

constexpr std::size_t sizes[] = {200, 2000, 20'000};
constexpr std::size_t repetitions[] = {2000, 1000, 200};
constexpr double truths[] = {0, 0.02, 0.04, 0.05, 0.08, 0.12};

class page {
 public:
  page() {
    if (const char* const path = std::getenv("CALIBRANT_GATE_PAGE")) file_.open(path);
    file_ << std::fixed << std::setprecision(3);
  }
  template <class T>
  page& operator<<(const T& text) {
    if (file_.is_open()) file_ << text;
    return *this;
  }

 private:
  std::ofstream file_;
};

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
  page out;
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
