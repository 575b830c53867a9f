// Coverage, size and bias of the inference on binned errors, by seeded simulation. A check fails only where its claim,
// if true, would give so extreme a count with probability below 1e-6 (Chernoff bound); fewer than 500 checks of that
// kind make a false alarm of the whole file less likely than 5e-4, and with fixed seeds it happens always or never.
// With the environment variable CALIBRANT_COVERAGE_PAGE=FILE the measured tables are written there as Markdown.
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "statistical/coverage.hpp"
#include "statistical/coverage_table.hpp"

namespace calibrant::simulation {
namespace {

constexpr double false_alarm = 1e-6;
/// Standard errors that a mean of so many samples exceeds with probability below 1e-6.
constexpr double mean_slack = 4.9;

/// One kind of population, at three errors and three sizes, with the coverage it is claimed to reach.
struct model {
  const char* name;
  std::size_t classes;
  double spread;
  sample_weights weights;
  double errors[3];
  double rms_claim[3];  ///< n = 200, 2,000, 20,000
  double classwise_claim[3];
  double one_class_claim[3];
  double repetitions_share;
};

constexpr double level = 0.95;

std::vector<study>& finished() {
  static std::vector<study> all;
  return all;
}

class page_writer : public ::testing::Environment {
 public:
  void TearDown() override {
    const char* path = std::getenv("CALIBRANT_COVERAGE_PAGE");
    if (path == nullptr || finished().empty()) return;
    std::ofstream file(path);
    write_coverage_page(file, finished());
  }
};
const auto* const registered = ::testing::AddGlobalTestEnvironment(new page_writer);

void expect_covers(const coverage& c, double claim, const char* what, const study& s) {
  EXPECT_GT(false_alarm_of_low(c.held, claim), false_alarm)
      << what << ": " << c.held.value() << " of " << s.repetitions << ", claimed " << claim << "; n = " << s.n
      << ", ece " << s.truth.ece;
}

void expect_at_most(share p, double claim, const char* what, const study& s) {
  EXPECT_GT(false_alarm_of_high(p, claim), false_alarm)
      << what << ": " << p.value() << " of " << s.repetitions << ", claimed at most " << claim << "; n = " << s.n;
}

void expect_at_least(share p, double claim, const char* what, const study& s) {
  EXPECT_GT(false_alarm_of_low(p, claim), false_alarm)
      << what << ": " << p.value() << " of " << s.repetitions << ", claimed at least " << claim << "; n = " << s.n;
}

void expect_unbiased(double expected, double mean, double se, double claim, const char* what, const study& s) {
  EXPECT_LT(std::abs(expected - mean), claim * mean + mean_slack * se)
      << what << ": expected " << expected << ", mean " << mean << " +- " << se << "; n = " << s.n;
}

class Coverage : public ::testing::TestWithParam<model> {};

TEST_P(Coverage, HoldsItsClaims) {
  const model& m = GetParam();
  const bool weighted = m.weights != sample_weights::none;
  constexpr std::size_t sizes[] = {200, 2000, 20000};
  constexpr double repetitions[] = {8000, 4000, 1000};
  for (double error : m.errors)
    for (int i = 0; i < 3; ++i) {
      study_options o{
          .name = m.name, .population = {}, .ece = error, .n = sizes[i], .repetitions = 0, .weights = m.weights};
      o.population.classes = m.classes;
      o.population.spread = m.spread;
      o.population.rows = m.classes > 10 ? 40'000 : 200'000;
      o.repetitions = static_cast<std::size_t>(repetitions[i] * m.repetitions_share);
      const study s = run_study(o);
      finished().push_back(s);

      expect_covers(s.ece, level, "ece", s);
      expect_covers(s.max, level, "mce", s);
      expect_covers(s.last_class, m.one_class_claim[i], "one class", s);
      expect_covers(s.top_label_conditional, level, "conditional", s);
      expect_covers(s.rms, m.rms_claim[i], "rmsce", s);
      expect_covers(s.classwise, m.classwise_claim[i], "class-wise", s);
      if (error > 0) continue;

      expect_at_most(s.l1_p_05, 0.055, "p-value of ece", s);
      expect_at_most(s.l1_p_01, 0.012, "p-value of ece", s);
      expect_at_most(s.l2_p_05, 0.055, "p-value of rmsce", s);
      expect_at_most(s.l2_p_01, 0.012, "p-value of rmsce", s);
      if (!weighted) {
        expect_at_least(s.l1_p_05, 0.045, "p-value of ece", s);
        expect_at_least(s.l2_p_05, 0.040, "p-value of rmsce", s);
      }
      const double bias = weighted && s.n == 200 ? 0.03 : 0.01;
      expect_unbiased(s.mean_expected, s.mean_ece, s.se_ece, bias, "ece", s);
      expect_unbiased(s.mean_expected_rms, s.mean_rms, s.se_rms, 0.02, "rmsce", s);
      expect_unbiased(s.mean_expected_classwise, s.mean_classwise, s.se_classwise, bias, "class-wise", s);
    }
}

INSTANTIATE_TEST_SUITE_P(Populations, Coverage,
                         ::testing::Values(model{"5 classes, spread 2",
                                                 5,
                                                 2,
                                                 sample_weights::none,
                                                 {0, 0.03, 0.1},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 1},
                                           model{"2 classes, spread 2",
                                                 2,
                                                 2,
                                                 sample_weights::none,
                                                 {0, 0.03, 0.1},
                                                 {level, level, level},
                                                 {0.93, 0.93, 0.93},
                                                 {level, level, level},
                                                 1},
                                           model{"50 classes, spread 2.5",
                                                 50,
                                                 2.5,
                                                 sample_weights::none,
                                                 {0, 0.03, 0.1},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 0.25},
                                           model{"5 classes, spread 2, weights exp(Z)",
                                                 5,
                                                 2,
                                                 sample_weights::log_normal,
                                                 {0, 0.03, 0.1},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 1},
                                           model{"5 classes, spread 6",
                                                 5,
                                                 6,
                                                 sample_weights::none,
                                                 {0, 0.03, 0.1},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 {level, level, level},
                                                 1},
                                           model{"5 classes, spread 25",
                                                 5,
                                                 25,
                                                 sample_weights::none,
                                                 {0, 0.01, 0.028},
                                                 {0.9, 0.94, level},
                                                 {0.9, level, level},
                                                 {0.9, level, level},
                                                 1}),
                         [](const auto& instance) {
                           std::string name;
                           for (char c : std::string(instance.param.name))
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           return name;
                         });

// The bound itself: exact binomial tails are below it.
TEST(CoverageBound, IsABoundOfTheBinomialTail) {
  // P(X <= 80) for 100 trials of 0.95 is 1.05e-7, P(X >= 99) for 100 of 0.9 is 3.2e-4 (scipy 1.17, scipy.stats.binom).
  EXPECT_GT(false_alarm_of_low({80, 100}, 0.95), 1.05e-7);
  EXPECT_LT(false_alarm_of_low({80, 100}, 0.95), 1e-6);
  EXPECT_GT(false_alarm_of_high({99, 100}, 0.9), 3.2e-4);
  EXPECT_LT(false_alarm_of_high({99, 100}, 0.9), 5e-3);
  EXPECT_EQ(false_alarm_of_low({96, 100}, 0.95), 1);
  EXPECT_EQ(false_alarm_of_high({90, 100}, 0.95), 1);
}

}  // namespace
}  // namespace calibrant::simulation
