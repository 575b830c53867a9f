// The published numbers of the golden set (definitions and values: docs/definitions.md; several independent packages
// agree on them) and of the example of the torchmetrics documentation.
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/l1_error_null.hpp>
#include <calibrant/stats/l2_error_inference.hpp>

#include "support/measure.hpp"
#include "support/outputs.hpp"
#include "support/reference_data.hpp"

namespace calibrant::testing {
namespace {

class Golden : public ::testing::Test {
 protected:
  static const evaluation_state& state() {
    static const evaluation_state measured = measure(golden_dataset());
    return measured;
  }
  static const numbers& values() {
    static const numbers all = metric_numbers(state().total());
    return all;
  }
};

TEST_F(Golden, Values) {
  // Printed with as many digits as are known; the last one may be rounded.
  const std::vector<std::tuple<std::string, double, double>> published = {
      {"ece.value", .0867120764436815, 1e-12},
      {"classwise_ece.value", .0461842075280573, 1e-12},
      {"classwise_ece_sum.value", 4 * .0461842075280573, 1e-12},
      {"rmsce.value", .0924210991257, 6e-14},
      {"ece_l2_debiased.value", .0898012923109, 6e-14},
      {"mce.value", .1292515772309656, 1e-12},
      {"overconfidence.value", .0866879959370, 6e-14},
      {"underconfidence.value", .0000240805066, 6e-14},
      {"log_loss.value", .8121171871820, 6e-14},
      {"brier.value", .4348398848144, 6e-14},
      {"accuracy.value", .6886, 1e-12},
      {"mean_confidence.value", .7752639154304, 6e-14},
      {"confidence_gap.value", .0866879959370 - .0000240805066, 1.2e-13},
      {"spiegelhalter_z.value", 19.4299679344, 6e-11},
      {"adaptive_ece.value", .0866639154304173, 1e-12},
      {"adaptive_ece_l2_debiased.value", .0937383265687, 6e-14},
      {"sweep_ece.value", .0866639154304, 6e-14},
      {"sweep_ece.bins", 10, 0},
      {"sweep_rmsce.value", .0934915431572, 6e-14},
      {"sweep_rmsce.bins", 10, 0},
      {"ks_error.value", .0866776897758, 6e-14},
      {"smooth_ece.value", .0866639157757, 2e-6},
      {"aurc.value", .1503298296938, 6e-14},
      {"augrc.value", .1017357000, 1e-12},
  };
  for (const auto& [output, expected, within] : published) EXPECT_NEAR(values().at(output), expected, within) << output;
}

TEST_F(Golden, BinCounts) {
  const std::vector<double> expected = {0, 0, 0, 0, 6, 96, 205, 377, 419, 427, 413, 467, 526, 659, 1405};
  std::vector<double> counts;
  for (const reliability_bin& bin : top_label_reliability(state().total().top_label, {})) counts.push_back(bin.count);
  EXPECT_EQ(counts, expected);
}

TEST_F(Golden, IntervalOfTheL2Error) {
  const std::vector<cell_moments> bins = state().total().top_label.bin_moments();
  const l2_error_inference inference(bins);
  EXPECT_NEAR(inference.squared_error(), .008064962414, 5e-13);
  const interval bounds = inference.error_interval().bounds;
  EXPECT_NEAR(bounds.lower, .0756449165, 5.1e-11);
  EXPECT_NEAR(bounds.upper, .1020184858, 5.1e-11);
  const interval paper = inference.error_interval({}, l2_interval_method::paper).bounds;
  EXPECT_NEAR(paper.lower, .0758415223, 5.1e-11);
  EXPECT_NEAR(paper.upper, .1018724120, 5.1e-11);
  for (const char* metric : {"ece_l2_debiased", "rmsce"}) {
    EXPECT_NEAR(values().at(std::string(metric) + ".lower"), .0756449165, 5.1e-11);
    EXPECT_NEAR(values().at(std::string(metric) + ".upper"), .1020184858, 5.1e-11);
  }
}

TEST_F(Golden, NullOfTheEce) {
  const std::vector<cell_moments> bins = state().total().top_label.bin_moments();
  EXPECT_NEAR(values().at("ece.expected"), .0132767694, 5.1e-11);
  EXPECT_NEAR(l1_error_null(bins).standard_deviation(), .0031979866, 5.1e-11);
  EXPECT_NEAR(values().at("ece.floor_95"), .0188211321, 5.1e-11);
  EXPECT_NEAR(values().at("ece.p_value"), 8.4e-38, 5.1e-40);
}

TEST_F(Golden, BoundsOfTheEce) {
  const std::vector<cell_moments> bins = state().total().top_label.bin_moments();
  EXPECT_NEAR(l1_error_lower_bound(bins, .05), .0688522682, 5.1e-11);
  EXPECT_NEAR(l1_error_upper_bound(bins, .05), .0966000930, 5.1e-11);
  EXPECT_NEAR(values().at("ece.lower"), .0674691854, 5.1e-11);
  EXPECT_NEAR(values().at("ece.upper"), .0984943767, 5.1e-11);
}

TEST_F(Golden, HeadlineAndWarnings) {
  const evaluation result = evaluate(state());
  EXPECT_EQ(result.total.headline, "over-confident: says 77.5 %, is right 68.9 %");
  EXPECT_TRUE(result.total.warnings.empty()) << result.total.warnings[0].message;
}

/// Probabilities of the ECE metric card, labels and three bins of the torchmetrics documentation.
TEST(HandExample, ThreeNorms) {
  dataset data{.name = "hand example",
               .classes = 3,
               .scores = {.25, .20, .55, .55, .05, .40, .10, .30, .60, .90, .05, .05},
               .labels = {0, 1, 2, 0}};
  const numbers values = metric_numbers(measure(data, {.bins = 3}).total());
  EXPECT_NEAR(values.at("ece.value"), .2, 1e-15);
  EXPECT_NEAR(values.at("rmsce.value"), .2081666, 5e-8);
  EXPECT_NEAR(values.at("mce.value"), .2333333, 5e-8);
}

/// score = calibration + refinement, and the five terms of Murphy (1973) and Stephenson et al. (2008) add up.
TEST_F(Golden, BrierIdentity) {
  for (const std::size_t bins : {1, 2, 15, 100}) {
    const numbers all = metric_numbers(measure(golden_dataset(), {.bins = bins}).total());
    EXPECT_NEAR(all.at("brier_calibration.value") + all.at("brier_refinement.value"), all.at("brier.value"), 1e-13)
        << bins;
  }
}

}  // namespace
}  // namespace calibrant::testing
