// Coverage of the intervals of selective metrics and size of their tests, by seeded simulation; false alarms as in
// coverage_test.cpp. With CALIBRANT_SELECTIVE_COVERAGE_PAGE=FILE the measured table is written there as Markdown.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/metrics/area_under_risk_coverage.hpp>
#include <calibrant/metrics/selective_risk.hpp>
#include <calibrant/stats/risk_coverage_area.hpp>

#include "statistical/coverage.hpp"

namespace calibrant::simulation {
namespace {

double uniform(std::mt19937_64& bits) { return static_cast<double>(bits() >> 11) * 0x1p-53; }
double normal(std::mt19937_64& bits) {
  return std::sqrt(-2 * std::log(1 - uniform(bits))) * std::cos(2 * std::acos(-1.0) * uniform(bits));
}

/// A finite population of confidences and chances to be right, as simulation.hpp: logits N(0, spread^2), labels by
/// their softmax, confidences by the softmax of sharpness times them. `ties` rounds confidences to 1/64.
struct selective_population {
  std::vector<double> confidence;
  std::vector<double> right;

  selective_population(std::size_t rows, std::size_t classes, double spread, double sharpness, bool ties) {
    std::mt19937_64 bits(7);
    std::vector<double> z(classes);
    for (std::size_t i = 0; i < rows; ++i) {
      for (double& x : z) x = spread * normal(bits);
      const double top = *std::max_element(z.begin(), z.end());
      double served = 0;
      double real = 0;
      for (const double x : z) {
        served += std::exp(sharpness * (x - top));
        real += std::exp(x - top);
      }
      const double c = ties ? std::max(std::round(64 / served), 1.0) / 64 : 1 / served;
      confidence.push_back(c);
      // Rounded confidences are the chances themselves, so that a calibrated population stays so.
      right.push_back(ties && sharpness == 1 ? c : 1 / real);
    }
  }
};

struct claims {
  const char* name;
  std::size_t classes;
  double spread;
  double sharpness;
  bool ties;
  bool weighted;     ///< importance weights exp(Z / 2)
  double areas[3];   ///< coverage claimed for aurc and augrc at n = 200, 2,000, 20,000
  double excess[3];  ///< for e_aurc
};

struct measured {
  std::string name;
  std::size_t n = 0;
  double error_rate = 0;
  share aurc = {}, excess = {}, augrc = {}, risk = {};
  share aurc_p = {}, excess_p = {}, augrc_p = {}, risk_p = {};  ///< at most .05
  share aurc_p1 = {}, excess_p1 = {}, augrc_p1 = {};            ///< at most .01
  std::array<double, 3> bias{};  ///< of the expected values, in standard errors of the mean
  std::array<double, 3> relative_bias{};
};

std::vector<measured>& finished() {
  static std::vector<measured> all;
  return all;
}

class page_writer : public ::testing::Environment {
 public:
  void TearDown() override {
    const char* path = std::getenv("CALIBRANT_SELECTIVE_COVERAGE_PAGE");
    if (path == nullptr || finished().empty()) return;
    std::ofstream out(path);
    out << "# Measured coverage of the intervals of selective metrics\n\n"
           "Written by the slow tests; to measure again, from the root of the project:\n\n"
           "```\nCALIBRANT_SELECTIVE_COVERAGE_PAGE=docs/statistics/selective_coverage.md "
           "build/dev/tests/bin/calibrant_tests_statistical --gtest_filter='*SelectiveCoverage*'\n```\n\n"
           "Populations as in [coverage.md](coverage.md): logits of the spread named, confidences by the softmax of "
           "the "
           "logits times the sharpness; 1 is exactly calibrated. *ties*: confidences are multiples of 1/64. Level "
           "0.95. "
           "The target of `aurc`, `e_aurc` and `augrc` is the area of the whole population, that of `risk_at_coverage` "
           "the population's risk at the threshold found.\n\n"
           "| population | error rate | n | samples | aurc | e_aurc | augrc | risk_at_coverage |\n"
           "|---|---|---|---|---|---|---|---|\n";
    out << std::setprecision(3);
    for (const measured& m : finished())
      out << "| " << m.name << " | " << m.error_rate << " | " << m.n << " | " << m.aurc.trials << " | "
          << m.aurc.value() << " | " << m.excess.value() << " | " << m.augrc.value() << " | " << m.risk.value()
          << " |\n";
    out << "\n## Size of the tests and bias of the expected values, under exact calibration\n\n"
           "Share of samples with a p-value at most .05 (.01), and how far the expected value is from the mean over "
           "the "
           "samples.\n\n"
           "| population | n | aurc | e_aurc | augrc | risk_at_coverage | bias aurc | bias e_aurc | bias augrc |\n"
           "|---|---|---|---|---|---|---|---|---|\n";
    for (const measured& m : finished()) {
      if (m.aurc_p.trials == 0) continue;
      out << "| " << m.name << " | " << m.n << " | " << m.aurc_p.value() << " (" << m.aurc_p1.value() << ") | "
          << m.excess_p.value() << " (" << m.excess_p1.value() << ") | " << m.augrc_p.value() << " ("
          << m.augrc_p1.value() << ") | " << m.risk_p.value() << " | ";
      for (const double bias : m.relative_bias) out << std::showpos << 100 * bias << std::noshowpos << " % | ";
      out << "\n";
    }
    out << "\n- Intervals of the areas are normal on the log-odds scale with the influence function's standard error. "
           "With "
           "six or seven errors in the sample (spread 25, n = 200) that of `e_aurc` covers a little less than its "
           "level.\n"
           "- The interval of `risk_at_coverage` is Clopper-Pearson's, so it covers more than its level where few rows "
           "are wrong.\n";
  }
};
const auto* const registered = ::testing::AddGlobalTestEnvironment(new page_writer);

struct mean_of {
  double sum = 0, squares = 0, expected = 0;
  double n = 0;
  void add(double x, double e) {
    sum += x;
    squares += x * x;
    expected += e;
    ++n;
  }
  [[nodiscard]] double relative_bias() const { return (expected - sum) / sum; }
  [[nodiscard]] double bias() const {
    const double mean = sum / n;
    return (expected / n - mean) / std::sqrt((squares / n - mean * mean) / n);
  }
};

class SelectiveCoverage : public ::testing::TestWithParam<claims> {};

TEST_P(SelectiveCoverage, HoldsItsClaims) {
  const claims& m = GetParam();
  const selective_population all(m.classes > 10 ? 40'000 : 200'000, m.classes, m.spread, m.sharpness, m.ties);
  const sorted_forecasts whole = sorted_forecasts::of(all.confidence, all.right);
  const risk_coverage_area area(whole);
  const double augrc = generalized_risk_coverage_area(whole).value();
  // The population's risk at every threshold.
  std::vector<double> risk_above(whole.size());
  double weight = 0;
  double errors = 0;
  for (std::size_t g = whole.size(); g-- > 0;) {
    weight += whole.weights()[g];
    errors += whole.weights()[g] - whole.hits()[g];
    risk_above[g] = errors / weight;
  }

  constexpr std::size_t sizes[] = {200, 2000, 20000};
  constexpr std::size_t repetitions[] = {6000, 2000, 400};
  const weight_kind kind = m.weighted ? weight_kind::importance : weight_kind::frequency;
  const auto holds = [](const estimate& e, double truth) {
    return e.uncertainty.bounds && e.uncertainty.bounds->lower <= truth && truth <= e.uncertainty.bounds->upper;
  };
  for (int i = 0; i < 3; ++i) {
    measured s{.name = m.name, .n = sizes[i], .error_rate = area.error_rate()};
    std::array<mean_of, 3> means;
    for (std::size_t j = 0; j < repetitions[i]; ++j) {
      std::mt19937_64 bits(1'000'003 * sizes[i] + j);
      std::vector<double> c;
      std::vector<double> hits;
      std::vector<double> weights;
      for (std::size_t row = 0; row < sizes[i]; ++row) {
        const auto k = static_cast<std::size_t>(uniform(bits) * static_cast<double>(all.confidence.size()));
        c.push_back(all.confidence[k]);
        hits.push_back(uniform(bits) < all.right[k] ? 1 : 0);
        if (m.weighted) weights.push_back(std::exp(normal(bits) / 2));
      }
      const sorted_forecasts sample = sorted_forecasts::of(c, hits, weights, kind);
      const estimate one = area_under_risk_coverage(sample);
      const estimate excess = excess_area_under_risk_coverage(sample);
      const estimate generalized = area_under_generalized_risk_coverage(sample);
      const estimate risk = risk_at_coverage(sample);
      s.aurc.add(holds(one, area.value()));
      s.excess.add(holds(excess, area.excess()));
      s.augrc.add(holds(generalized, augrc));
      const auto threshold = std::lower_bound(whole.values().begin(), whole.values().end(), risk.details[0].second);
      s.risk.add(holds(risk, risk_above[static_cast<std::size_t>(threshold - whole.values().begin())]));
      if (m.sharpness != 1) continue;
      s.aurc_p.add(*one.p_value.value <= 0.05);
      s.aurc_p1.add(*one.p_value.value <= 0.01);
      s.excess_p.add(excess.p_value.value && *excess.p_value.value <= 0.05);
      s.excess_p1.add(excess.p_value.value && *excess.p_value.value <= 0.01);
      s.augrc_p.add(*generalized.p_value.value <= 0.05);
      s.augrc_p1.add(*generalized.p_value.value <= 0.01);
      s.risk_p.add(*risk.p_value.value <= 0.05);
      means[0].add(*one.value.value, *one.expected_if_calibrated.value);
      means[1].add(*excess.value.value, *excess.expected_if_calibrated.value);
      means[2].add(*generalized.value.value, *generalized.expected_if_calibrated.value);
    }
    constexpr double false_alarm = 1e-6;
    const auto at_least = [&](share got, double claim, const char* what) {
      EXPECT_GT(false_alarm_of_low(got, claim), false_alarm) << what << ", n = " << s.n << ": " << got.value();
    };
    const auto at_most = [&](share got, double claim, const char* what) {
      EXPECT_GT(false_alarm_of_high(got, claim), false_alarm) << what << ", n = " << s.n << ": " << got.value();
    };
    at_least(s.aurc, m.areas[i], "aurc");
    at_least(s.augrc, m.areas[i], "augrc");
    at_least(s.excess, m.excess[i], "e_aurc");
    at_least(s.risk, 0.95, "risk_at_coverage");
    if (m.sharpness == 1) {
      at_most(s.aurc_p, 0.055, "p of aurc");
      at_most(s.excess_p, 0.055, "p of e_aurc");
      at_most(s.augrc_p, 0.055, "p of augrc");
      at_most(s.aurc_p1, 0.012, "p of aurc");
      at_most(s.excess_p1, 0.015, "p of e_aurc");
      at_most(s.augrc_p1, 0.012, "p of augrc");
      if (!m.weighted) at_least(s.augrc_p, 0.045, "p of augrc");
      for (std::size_t k = 0; k < 3; ++k) {
        s.bias[k] = means[k].bias();
        s.relative_bias[k] = means[k].relative_bias();
        // 4.9 standard errors are exceeded with probability below 1e-6; the expected excess is known to second order.
        EXPECT_TRUE(std::abs(s.bias[k]) < 4.9 || (k == 1 && std::abs(s.relative_bias[k]) < 0.01))
            << k << ", n = " << s.n << ": " << s.relative_bias[k];
      }
    }
    finished().push_back(s);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Populations, SelectiveCoverage,
    ::testing::Values(
        claims{"5 classes, spread 2", 5, 2, 1, false, false, {0.94, 0.94, 0.94}, {0.93, 0.94, 0.94}},
        claims{"5 classes, spread 2, ties", 5, 2, 1, true, false, {0.94, 0.94, 0.94}, {0.93, 0.94, 0.94}},
        claims{"5 classes, spread 2, sharpness 2", 5, 2, 2, false, false, {0.94, 0.94, 0.94}, {0.93, 0.94, 0.94}},
        claims{"50 classes, spread 2.5", 50, 2.5, 1, false, false, {0.94, 0.94, 0.94}, {0.93, 0.94, 0.94}},
        claims{"5 classes, spread 6", 5, 6, 1, false, false, {0.94, 0.94, 0.94}, {0.93, 0.94, 0.94}},
        claims{"5 classes, spread 2, weights exp(Z/2)", 5, 2, 1, false, true, {0.94, 0.94, 0.94}, {0.93, 0.94, 0.94}},
        claims{"5 classes, spread 25", 5, 25, 1, false, false, {0.93, 0.94, 0.94}, {0.91, 0.93, 0.94}}),
    [](const auto& instance) {
      std::string name;
      for (const char c : std::string(instance.param.name))
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
      return name;
    });

}  // namespace
}  // namespace calibrant::simulation
