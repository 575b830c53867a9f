// evaluate(): which metrics, which options, what is said in words.
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/headline.hpp>
#include <calibrant/evaluation/warnings.hpp>

#include "support/measure.hpp"
#include "support/outputs.hpp"

namespace calibrant::testing {
namespace {

/// n rows of two classes with confidence `says`, of which `right` are right.
dataset constant_rows(std::size_t n, double says, std::size_t right) {
  dataset data{.name = "constant", .classes = 2};
  for (std::size_t i = 0; i < n; ++i) {
    // The predicted class alternates, so that no class is empty.
    const bool second = i % 2 == 1;
    const std::int32_t predicted = second ? 1 : 0;
    data.push(second ? std::vector<double>{1 - says, says} : std::vector<double>{says, 1 - says},
              i < right ? predicted : 1 - predicted);
  }
  return data;
}

dataset joined(dataset a, const dataset& b) {
  a.scores.insert(a.scores.end(), b.scores.begin(), b.scores.end());
  a.labels.insert(a.labels.end(), b.labels.begin(), b.labels.end());
  return a;
}

std::string headline_of(const dataset& data) { return headline(measure(data).total(), confidence_level(0.95)); }

TEST(Headline, ClaimsADirectionOnlyWhereTheGapShowsOne) {
  EXPECT_EQ(headline_of(constant_rows(1000, 0.9, 700)), "over-confident: says 90.0 %, is right 70.0 %");
  EXPECT_EQ(headline_of(constant_rows(1000, 0.6, 900)), "under-confident: says 60.0 %, is right 90.0 %");
  EXPECT_TRUE(
      headline_of(constant_rows(10, 0.7, 6)).starts_with("no miscalibration found: says 70.0 %, is right 60.0 %"))
      << headline_of(constant_rows(10, 0.7, 6));
}

TEST(Headline, OppositeErrorsAreMiscalibrationWithoutADirection) {
  const std::string text = headline_of(joined(constant_rows(1000, 0.6, 800), constant_rows(1000, 0.9, 700)));
  EXPECT_TRUE(
      text.starts_with("miscalibrated, though right on average: says 75.0 %, is right 75.0 %; confidence is off "
                       "by at least 1"))
      << text;
}

TEST(Headline, SaysHowFarOffACalibratedModelMayBe) {
  const dataset data = constant_rows(1000, 0.75, 750);
  const interval bounds = *find_metric("ece")->finalize(measure(data).total(), {}).uncertainty.bounds;
  char expected[128];
  std::snprintf(
      expected, sizeof expected,
      "no miscalibration found: says 75.0 %%, is right 75.0 %%; the calibration error of these bins is at most "
      "%.1f %%",
      100 * bounds.upper);
  EXPECT_EQ(headline_of(data), expected);
}

std::vector<std::string> codes(const std::vector<evaluation_warning>& warnings) {
  std::vector<std::string> all;
  for (const evaluation_warning& w : warnings) all.push_back(w.code);
  return all;
}

std::vector<std::string> codes_of(const dataset& data, const measure_options& options = {}) {
  return codes(evaluate(measure(data, options)).total.warnings);
}

TEST(Warnings, AppearExactlyWhereTheyShould) {
  using texts = std::vector<std::string>;
  EXPECT_EQ(codes_of(constant_rows(200, 0.75, 150)), texts{});
  EXPECT_EQ(codes_of(constant_rows(199, 0.75, 150)), texts{"few_rows"});
  // Practically certain and sometimes wrong.
  EXPECT_EQ(codes_of(joined(constant_rows(60, 1 - 1e-9, 59), constant_rows(200, 0.75, 150))), (texts{"saturated"}));
  EXPECT_EQ(codes_of(joined(constant_rows(60, 1 - 1e-9, 60), constant_rows(200, 0.75, 150))), texts{});
  EXPECT_EQ(codes_of(joined(constant_rows(40, 1 - 1e-9, 39), constant_rows(200, 0.75, 150))), texts{});
  EXPECT_EQ(codes_of(joined(constant_rows(60, 0.9985, 59), constant_rows(200, 0.75, 150))), texts{});
  // The worst bin has few rows.
  EXPECT_EQ(codes_of(joined(constant_rows(9, 0.9, 2), constant_rows(300, 0.75, 225))), texts{"sparse_mce"});
  EXPECT_EQ(codes_of(joined(constant_rows(10, 0.9, 2), constant_rows(300, 0.75, 225))), texts{});
  EXPECT_EQ(codes_of(joined(constant_rows(2, 1, 1), constant_rows(300, 0.75, 225))),
            (texts{"sparse_mce", "infinite_log_loss"}));
  dataset one_class = constant_rows(300, 0.75, 225);
  one_class.labels.assign(300, 1);
  EXPECT_EQ(codes_of(one_class), texts{"empty_classes"});
}

TEST(Warnings, SmallEffectiveSamplesOfImportanceWeights) {
  dataset data = constant_rows(400, 0.75, 300);
  data.weights.assign(400, 1e-3);
  for (std::size_t i = 0; i < 40; ++i) data.weights[i * 10] = 1;
  const evaluation result = evaluate(measure(data, {.weights = weight_kind::importance}));
  ASSERT_EQ(codes(result.total.warnings), std::vector<std::string>{"few_rows"});
  EXPECT_TRUE(result.total.warnings[0].message.starts_with("only 40 rows (effective):"))
      << result.total.warnings[0].message;
}

TEST(Warnings, TellWhatHappenedToRows) {
  row_counts counts;
  EXPECT_TRUE(row_warnings(counts).empty());
  counts.measured = 90;
  counts.skipped[static_cast<std::size_t>(row_problem::bad_sum)] = 2;
  counts.skipped[static_cast<std::size_t>(row_problem::missing_label)] = 1;
  counts.zero_weight = 1;
  counts.clipped = 5;
  counts.renormalized = 6;
  counts.loosely_normalized = 7;
  const std::vector<evaluation_warning> warnings = row_warnings(counts);
  EXPECT_EQ(codes(warnings),
            (std::vector<std::string>{"rows_skipped", "zero_weight", "clipped", "renormalized", "loosely_normalized"}));
  EXPECT_EQ(warnings[0].message,
            "3 rows were left out (2 bad_sum, 1 missing_label); the figures are about the other 90");
}

TEST(Warnings, ListAtMostFiveEmptyClasses) {
  dataset data = random_probabilities(300, 9, 3);
  data.labels.assign(300, 4);
  const evaluation result = evaluate(measure(data));
  ASSERT_FALSE(result.total.warnings.empty());
  EXPECT_NE(
      result.total.warnings[0].message.find("8 of 9 classes have no row with that label: \"0\", \"1\", \"2\", \"3\", "
                                            "\"5\" and 3 more"),
      std::string::npos)
      << result.total.warnings[0].message;
}

TEST(Evaluate, TheDefaultPanelIsThatOfTheCatalogue) {
  const evaluation result = evaluate(measure(random_probabilities(100, 3, 4)));
  std::size_t expected = 0;
  for (const metric_entry& entry : metric_catalog()) {
    EXPECT_EQ(result.total.find(entry.name) != nullptr, entry.default_panel) << entry.name;
    expected += entry.default_panel;
  }
  EXPECT_EQ(result.total.metrics.size(), expected);
  EXPECT_EQ(result.total.find("no_such_metric"), nullptr);
  EXPECT_EQ(result.total.weight, 100);
  EXPECT_FALSE(result.grouped);
  EXPECT_TRUE(result.groups.empty());
}

TEST(Evaluate, RoundingLeavesNoValueOutsideTheRangeOfItsMetric) {
  dataset data{.name = "wrong", .classes = 6};
  data.push({0, 0, 0, 1. / 3, 1. / 3, 1. / 3}, 0);
  for (std::size_t rows = 1; rows <= 40; ++rows) {
    const panel total = evaluate(measure(data)).total;
    EXPECT_NEAR(*total.find("classwise_ece_sum")->value.value, 2, 1e-12);
    for (const panel_metric& metric : total.metrics) {
      if (!metric.result.value.value) continue;
      const metric_limits limits = limits_of(*metric.entry);
      EXPECT_GE(*metric.result.value.value, limits.lower.value_or(-HUGE_VAL)) << metric.entry->name << ' ' << rows;
      EXPECT_LE(*metric.result.value.value, limits.upper.value_or(HUGE_VAL)) << metric.entry->name << ' ' << rows;
    }
    data.push({0, 0, 0, 1 / (3. + static_cast<double>(rows)), 1 / 3., 2 / 3. - 1 / (3. + static_cast<double>(rows))},
              0);
  }
}

TEST(Evaluate, RowsThatMissASumOfOneLeaveNoValueOutsideItsRange) {
  dataset data{.name = "loose", .classes = 3};
  data.push({0, 1, 0x1p-24}, 0);
  const panel total = evaluate(measure(data)).total;
  EXPECT_EQ(*total.find("classwise_ece_sum")->value.value, 2);
  EXPECT_EQ(*total.find("brier")->value.value, 2);
}

TEST(Evaluate, ChosenMetricsComeInTheOrderAskedForAndOnce) {
  evaluation_options options;
  options.metrics = {"brier", "accuracy", "brier", "ece_lp"};
  options.metric.norm = 2;
  const evaluation result = evaluate(measure(random_probabilities(100, 3, 5)), options);
  ASSERT_EQ(result.total.metrics.size(), 3U);
  EXPECT_EQ(result.total.metrics[0].entry->name, "brier");
  EXPECT_EQ(result.total.metrics[1].entry->name, "accuracy");
  const panel_state state = measure(random_probabilities(100, 3, 5)).total();
  EXPECT_NEAR(*result.total.find("ece_lp")->value.value, *find_metric("rmsce")->finalize(state, {}).value.value, 1e-15);
}

TEST(Evaluate, NormsReachFromTheMeanToTheLargestGap) {
  const panel_state state = measure(random_probabilities(300, 3, 6)).total();
  const auto lp = [&](double norm) {
    return *find_metric("ece_lp")->finalize(state, {.level = {}, .norm = norm}).value.value;
  };
  EXPECT_NEAR(lp(1), *find_metric("ece")->finalize(state, {}).value.value, 1e-15);
  EXPECT_LT(lp(1), lp(2));
  EXPECT_LT(lp(2), lp(8));
  EXPECT_NEAR(lp(1e6), *find_metric("mce")->finalize(state, {}).value.value, 1e-5);
}

TEST(Evaluate, RefusesUnknownMetricsAndNormsBelowOne) {
  const evaluation_state state = measure(random_probabilities(10, 3, 7));
  const auto refusal = [&](const evaluation_options& options) {
    try {
      (void)evaluate(state, options);
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::invalid_argument);
      return std::string(problem.what());
    }
    return std::string("accepted");
  };
  evaluation_options options;
  options.metrics = {"ece", "eec"};
  EXPECT_TRUE(refusal(options).starts_with("metrics: got \"eec\", expected one of accuracy, error_rate,"))
      << refusal(options);
  options.metrics.clear();
  for (const double norm :
       {0.5, 0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    options.metric.norm = norm;
    EXPECT_TRUE(refusal(options).starts_with("norm: got ")) << norm;
  }
}

TEST(Evaluate, ClassDiagramsUpToAHundredClassesUnlessAsked) {
  const evaluation_state few = measure(random_probabilities(20, 100, 8));
  const evaluation_state many = measure(random_probabilities(20, 101, 9));
  EXPECT_EQ(evaluate(few).total.class_reliability.size(), 100U);
  EXPECT_EQ(evaluate(many).total.class_reliability.size(), 0U);
  evaluation_options options;
  options.per_class_reliability = true;
  EXPECT_EQ(evaluate(many, options).total.class_reliability.size(), 101U);
  options.per_class_reliability = false;
  EXPECT_EQ(evaluate(few, options).total.class_reliability.size(), 0U);
}

TEST(Evaluate, GroupsAreTheSamePanelOfTheirRows) {
  dataset data = random_probabilities(300, 3, 10);
  add_groups(data, 3, 11);
  data.group_names[1] = "no weight";
  data.weights.assign(300, 1.0);
  for (std::size_t i = 0; i < 300; ++i)
    if (data.groups[i] == 1) data.weights[i] = 0;
  const evaluation result = evaluate(measure(data));
  EXPECT_TRUE(result.grouped);
  ASSERT_EQ(result.groups.size(), 2U);
  EXPECT_FALSE(result.groups.contains("no weight"));
  double weight = 0;
  for (const auto& [name, group] : result.groups) {
    weight += group.weight;
    EXPECT_EQ(group.metrics.size(), result.total.metrics.size());
    EXPECT_FALSE(group.headline.empty());
  }
  EXPECT_EQ(weight, result.total.weight);
}

/// A state file may hold a group of which no row was measured.
TEST(Evaluate, AGroupWithoutRowsHasNoPanel) {
  dataset data = random_probabilities(50, 3, 13);
  add_groups(data, 2, 14);
  evaluation_state state = measure(data);
  state.panels.emplace("empty", state.empty_panel());
  const evaluation result = evaluate(state);
  EXPECT_EQ(result.groups.size(), 2U);
  EXPECT_FALSE(result.groups.contains("empty"));
}

TEST(Evaluate, WiderLevelsGiveWiderIntervals) {
  const panel_state state = measure(random_probabilities(400, 3, 12)).total();
  for (const metric_entry& entry : metric_catalog()) {
    const auto at = [&](double level) {
      return entry.finalize(state, {.level = confidence_level(level)}).uncertainty.bounds;
    };
    const auto narrow = at(0.8);
    const auto wide = at(0.99);
    ASSERT_EQ(narrow.has_value(), wide.has_value()) << entry.name;
    if (!narrow) continue;
    EXPECT_LE(wide->lower, narrow->lower) << entry.name;
    EXPECT_GE(wide->upper, narrow->upper) << entry.name;
    EXPECT_LT(narrow->upper - narrow->lower, wide->upper - wide->lower) << entry.name;
  }
}

}  // namespace
}  // namespace calibrant::testing
