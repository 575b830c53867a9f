// The gate: golden bounds, decisions around them, Holm's step-down, groups, classes, baselines, complaints.
#include <calibrant/evaluation/gate.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/class_table.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>
#include <calibrant/stats/wilson.hpp>

#include "support/measure.hpp"
#include "support/reference_data.hpp"

namespace calibrant::testing {
namespace {

using enum gate_outcome;

// shared/reference/metrics.md, 10 C, at alpha 0.05; the independent implementation is
// tests/reference/oracle_inference.py.
constexpr double golden_lower = 0.0688522682;
constexpr double golden_upper = 0.0966000930;

const evaluation_state& golden() {
  static const evaluation_state state = measure(golden_dataset());
  return state;
}

gate_result judged(std::vector<metric_limit> limits, const evaluation_state& state = golden(),
                   const evaluation_state* baseline = nullptr, double level = 0.95) {
  return judge(state, {.level = confidence_level(level), .limits = std::move(limits)}, baseline);
}

metric_limit at_most(const std::string& metric, double limit) { return {.metric = metric, .limit = limit}; }
metric_limit at_least(const std::string& metric, double limit) {
  return {.metric = metric, .rule = limit_rule::at_least, .limit = limit};
}
metric_limit no_worse(const std::string& metric, double margin = 0) {
  return {.metric = metric, .rule = limit_rule::no_worse, .limit = margin};
}

gate_outcome outcome_of(const metric_limit& limit, double level = 0.95) {
  return judged({limit}, golden(), nullptr, level).outcome;
}

/// Rows of two classes in groups a and b; group a is right as often as it says, b less often.
dataset two_groups(std::size_t n) {
  generator random(7);
  dataset data{.name = "groups", .classes = 2};
  data.group_names = {"a", "b"};
  for (std::size_t i = 0; i < n; ++i) {
    const double c = 0.55 + 0.4 * random.uniform();
    const bool second = i % 2 == 1;
    data.push({c, 1 - c}, random.uniform() < (second ? c - 0.2 : c) ? 0 : 1);
    data.groups.push_back(second ? 1 : 0);
  }
  return data;
}

dataset group_of(const dataset& data, std::int32_t group) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.rows(); ++i)
    if (data.groups[i] == group) rows.push_back(i);
  dataset taken = take(data, rows);
  taken.groups.clear();
  taken.group_names.clear();
  return taken;
}

TEST(Gate, HasTheGoldenBounds) {
  const gate_check check = judged({at_most("ece", 0.08)}).checks.at(0);
  EXPECT_NEAR(*check.at_best.value, golden_lower, 1e-9);
  EXPECT_NEAR(*check.at_worst.value, golden_upper, 1e-9);
  EXPECT_NEAR(check.alpha, 0.05, 1e-12);
  EXPECT_NEAR(check.fail_alpha, 0.05, 1e-12);
  EXPECT_EQ(check.rows, 5000);
}

TEST(Gate, DecidesByTheBoundsAndNotByTheValue) {
  EXPECT_EQ(outcome_of(at_most("ece", golden_lower - 1e-8)), fail);
  EXPECT_EQ(outcome_of(at_most("ece", golden_lower + 1e-8)), inconclusive);
  EXPECT_EQ(outcome_of(at_most("ece", golden_upper - 1e-8)), inconclusive);
  EXPECT_EQ(outcome_of(at_most("ece", golden_upper + 1e-8)), pass);
}

TEST(Gate, ALowerLimitIsJudgedFromBelow) {
  const double hits = *judged({at_least("accuracy", 0.5)}).checks[0].value.value * 5000;
  const interval bounds = wilson(hits, 5000, confidence_level(0.9));
  EXPECT_EQ(outcome_of(at_least("accuracy", bounds.lower - 1e-9)), pass);
  EXPECT_EQ(outcome_of(at_least("accuracy", bounds.lower + 1e-9)), inconclusive);
  EXPECT_EQ(outcome_of(at_least("accuracy", bounds.upper - 1e-9)), inconclusive);
  EXPECT_EQ(outcome_of(at_least("accuracy", bounds.upper + 1e-9)), fail);
}

TEST(Gate, AnIntervalWhoseEndsEachMayErrIsTakenAtItsOwnLevel) {
  for (const char* const metric : {"rmsce", "mce", "ks_error", "smooth_ece"}) {
    const interval bounds = *evaluate(golden()).total.find(metric)->uncertainty.bounds;
    const gate_check check = judged({at_most(metric, 0.5)}).checks[0];
    EXPECT_DOUBLE_EQ(*check.at_best.value, bounds.lower) << metric;
    EXPECT_DOUBLE_EQ(*check.at_worst.value, bounds.upper) << metric;
  }
}

TEST(Gate, ClassesThatShareRowsTakeMore) {
  const double smaller = 0.01000462685805903;  // P(Z > sqrt(2) 1.6448536)
  const evaluation wide = evaluate(golden(), {.metric = {.level = confidence_level(1 - 2 * smaller)}});
  std::size_t found = 0;
  for (const panel_metric& metric : wide.total.metrics) {
    if (metric.result.uncertainty.method.find("taken as independent") == std::string::npos) continue;
    const interval bounds = *metric.result.uncertainty.bounds;
    const std::string name(metric.entry->name);
    const gate_check check = judged({at_most(name, limits_of(*metric.entry).upper.value())}).checks[0];
    EXPECT_NEAR(*check.at_worst.value, bounds.upper, 1e-6) << name;
    EXPECT_NEAR(*check.at_best.value, bounds.lower, 1e-6) << name;
    ++found;
  }
  EXPECT_EQ(found, 4U);
}

TEST(Gate, FailuresShareAlphaStepByStep) {
  const std::vector<cell_moments> cells = only_panel(golden()).top_label.bin_moments();
  const double whole = l1_error_lower_bound(cells, 0.05);
  const double half = l1_error_lower_bound(cells, 0.025);
  const double between = (whole + half) / 2;
  ASSERT_LT(half, between);
  const gate_result beside_a_pass = judged({at_most("ece", 0.5), at_most("ece", between)});
  EXPECT_EQ(beside_a_pass.checks[1].outcome, inconclusive);
  EXPECT_NEAR(beside_a_pass.checks[1].fail_alpha, 0.025, 1e-12);
  EXPECT_NEAR(*beside_a_pass.checks[1].at_best.value, half, 1e-12);
  const gate_result beside_a_failure = judged({at_most("ece", 0.01), at_most("ece", between)});
  EXPECT_EQ(beside_a_failure.checks[1].outcome, fail) << "the first failure leaves all of alpha";
  EXPECT_NEAR(beside_a_failure.checks[1].fail_alpha, 0.05, 1e-12);
  EXPECT_EQ(beside_a_failure.outcome, fail);
  // Passing needs no correction: however many limits there are, the bound is that of one.
  const gate_result many = judged({at_most("ece", golden_upper + 1e-8), at_most("ece", 0.2), at_most("ece", 0.3)});
  EXPECT_EQ(many.outcome, pass);
}

TEST(Gate, OneOpenLimitKeepsItOpenAndOneFailureFailsIt) {
  EXPECT_EQ(judged({at_most("ece", 0.5), at_most("ece", 0.08)}).outcome, inconclusive);
  EXPECT_EQ(judged({at_most("ece", 0.01), at_most("ece", 0.08), at_most("ece", 0.5)}).outcome, fail);
}

TEST(Gate, ClassesHaveTheErrorsOfTheClassTable) {
  metric_limit limit = at_most("classwise_ece", 0.2);
  limit.per_class = true;
  const gate_result result = judged({limit});
  ASSERT_EQ(result.checks.size(), 5U);
  const panel_state& state = only_panel(golden());
  const std::vector<class_row> table = class_table(state.top_label, state.classwise, {}, 0, 4);
  for (std::size_t k = 0; k < 4; ++k) {
    const gate_check& check = result.checks[k + 1];
    EXPECT_EQ(check.scope, limit_scope::one_class);
    EXPECT_EQ(check.member, std::to_string(k));
    EXPECT_NEAR(*check.value.value, *table[k].calibration_error, 1e-12);
    EXPECT_NEAR(check.fail_alpha, 0.05 / 5, 1e-12);
    const std::vector<cell_moments> cells = state.classwise.class_moments(k, 5000);
    EXPECT_NEAR(*check.at_worst.value, l1_error_upper_bound(cells, 0.05), 1e-12);
    EXPECT_NEAR(*check.at_best.value, l1_error_lower_bound(cells, 0.01), 1e-12);
  }
}

TEST(Gate, PredictedClassesAreJudgedByTheirRows) {
  metric_limit right = at_least("accuracy", 0.1);
  metric_limit ece = at_most("ece", 0.9);
  right.per_class = ece.per_class = true;
  const gate_result result = judged({right, ece});
  const panel_state& state = only_panel(golden());
  const std::vector<class_row> table = predicted_class_table(state.top_label, {});
  ASSERT_EQ(result.checks.size(), 10U);
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(*result.checks[1 + k].value.value, *table[k].precision, 1e-12);
    EXPECT_NEAR(*result.checks[6 + k].value.value, *table[k].calibration_error, 1e-12);
    EXPECT_EQ(result.checks[6 + k].rows, table[k].predicted);
  }
}

TEST(Gate, AGroupIsJudgedAsIfItWereAlone) {
  const dataset data = two_groups(4000);
  metric_limit limit = at_most("ece", 0.06);
  limit.per_group = true;
  const gate_result result = judged({limit}, measure(data));
  ASSERT_EQ(result.checks.size(), 3U);
  EXPECT_EQ(result.checks[1].member, "a");
  EXPECT_EQ(result.checks[1].outcome, pass);
  EXPECT_EQ(result.checks[2].outcome, fail);
  EXPECT_EQ(result.outcome, fail);
  for (const std::int32_t group : {0, 1}) {
    const gate_check alone = judged({at_most("ece", 0.06)}, measure(group_of(data, group))).checks[0];
    const gate_check& member = result.checks[static_cast<std::size_t>(group) + 1];
    EXPECT_EQ(member.value, alone.value);
    EXPECT_EQ(member.at_worst, alone.at_worst);
  }
  EXPECT_NE(result.checks[2].advice.find("calibrant fit"), std::string::npos);
  EXPECT_THROW((void)judged({limit}), error) << "the golden rows have no groups";
}

TEST(Gate, AGroupThatIsTooSmallIsOpen) {
  dataset data = two_groups(4000);
  data.group_names = {"a", "b", "one row"};
  data.groups[0] = 2;
  metric_limit limit = at_most("brier", 1.5);
  limit.per_group = true;
  const gate_result result = judged({limit}, measure(data));
  ASSERT_EQ(result.checks.size(), 4U);
  EXPECT_EQ(result.checks[3].member, "one row");
  EXPECT_EQ(result.checks[3].outcome, inconclusive);
  EXPECT_NE(result.checks[3].advice.find("at least 2 rows"), std::string::npos) << result.checks[3].advice;
  EXPECT_EQ(result.outcome, inconclusive);
}

TEST(Gate, FurtherRowsAreThoseThatWouldDecide) {
  const dataset all = two_groups(8000);
  const dataset calibrated = group_of(all, 0);
  const evaluation_state few = measure(slice(calibrated, 0, 400));
  const gate_check open = judged({at_most("ece", 0.05)}, few).checks[0];
  ASSERT_EQ(open.outcome, inconclusive);
  // A perfect model with so many bins takes about (1.7/limit)^2 rows, some more with worse luck.
  const double needed = 400 + *open.more_rows.value;
  EXPECT_GT(needed, 500);
  EXPECT_LT(needed, 4000);
  EXPECT_NE(open.advice.find("(an estimate)"), std::string::npos);
  EXPECT_FALSE(judged({at_most("ece", 0.5)}).checks[0].more_rows.value) << "what is decided needs none";
}

TEST(Gate, ABaselineIsNotWorseThanItself) {
  const gate_result result = judged({no_worse("ece"), no_worse("accuracy"), no_worse("brier")}, golden(), &golden());
  EXPECT_EQ(result.outcome, pass);
  for (const gate_check& check : result.checks) {
    EXPECT_EQ(*check.value.value, 0);
    EXPECT_LT(*check.at_best.value, 0);
    EXPECT_GT(*check.at_worst.value, 0);
  }
}

TEST(Gate, AMuchWorseModelFailsAndABetterOnePasses) {
  const dataset all = two_groups(8000);
  const evaluation_state good = measure(group_of(all, 0));
  const evaluation_state bad = measure(group_of(all, 1));
  EXPECT_EQ(judged({no_worse("ece"), no_worse("accuracy")}, bad, &good).outcome, fail);
  EXPECT_EQ(judged({no_worse("ece"), no_worse("accuracy")}, good, &bad).outcome, pass);
  const gate_check worse = judged({no_worse("accuracy")}, bad, &good).checks[0];
  EXPECT_GT(*worse.value.value, 0.1) << "positive is worse, also where higher is better";
  EXPECT_EQ(judged({no_worse("accuracy", 0.4)}, bad, &good).outcome, pass);
  EXPECT_EQ(judged({no_worse("accuracy", *worse.value.value)}, bad, &good).outcome, inconclusive);
  EXPECT_EQ(judged({no_worse("accuracy", 0.1)}, bad, &good).outcome, fail);
}

TEST(Gate, OfMeansTheDifferenceHasTheZTest) {
  const dataset all = two_groups(8000);
  const evaluation_state a = measure(group_of(all, 0));
  const evaluation_state b = measure(group_of(all, 1));
  const gate_check check = judged({no_worse("brier")}, b, &a).checks[0];
  const auto error_of = [](const evaluation_state& state) {
    const interval i = *evaluate(state).total.find("brier")->uncertainty.bounds;
    return (i.upper - i.lower) / 2 / 1.959963984540054;
  };
  const double reach = 1.6448536269514722 * std::hypot(error_of(a), error_of(b));
  EXPECT_NEAR(*check.at_best.value, *check.value.value - reach, 1e-9);
  EXPECT_NEAR(*check.at_worst.value, *check.value.value + reach, 1e-9);
}

TEST(Gate, OfABaselineThatMayBeCalibratedTheWholeBoundIsLeft) {
  // The bound 0 of the baseline cannot be missed, so the model may be worse by all that it may be off.
  const evaluation_state good = measure(group_of(two_groups(900), 0));
  const evaluation_state bad = measure(group_of(two_groups(8000), 1));
  ASSERT_EQ(*judged({at_most("ece", 0.9)}, good).checks[0].at_best.value, 0);
  const estimate ece = *evaluate(good).total.find("ece");
  ASSERT_GT(*ece.value.value, *ece.expected_if_calibrated.value) << "or nothing would be left of its value";
  const double alone = *judged({at_most("ece", 0.9)}, bad).checks[0].at_worst.value;
  EXPECT_NEAR(*judged({no_worse("ece", 0.9)}, bad, &good).checks[0].at_worst.value, alone, 1e-12);
}

TEST(Gate, ABaselineOfOtherBinsIsRefused) {
  const evaluation_state other = measure(golden_dataset(), {.bins = 10});
  try {
    (void)judged({no_worse("ece")}, golden(), &other);
    FAIL();
  } catch (const error& e) {
    EXPECT_EQ(e.code(), error_code::state_mismatch);
  }
}

TEST(Gate, SaysWhatIsWrongWithALimit) {
  const auto complaint = [](const metric_limit& limit) { return complaint_about(limit); };
  EXPECT_EQ(complaint(at_most("ece", 0.03)), "");
  EXPECT_EQ(complaint(at_most("confidence_gap", 0.02)), "");
  EXPECT_EQ(complaint(at_most("ecee", 0.03)), "got \"ecee\", expected the name of a metric; did you mean ece?");
  EXPECT_EQ(complaint(at_most("ece", 3)), "got 3 for ece, expected a number in [0, 1]; 3 % is 0.03");
  EXPECT_EQ(complaint(at_most("accuracy", 0.9)),
            "got an upper limit for accuracy, which is better when it is higher, expected a lower limit; use min "
            "instead");
  EXPECT_EQ(complaint(at_least("ece", 0.9)),
            "got a lower limit for ece, which is better when it is lower, expected an upper limit; use max instead");
  EXPECT_TRUE(complaint(at_most("sweep_ece", 0.1)).starts_with("got sweep_ece, which has no interval to judge by ("));
  EXPECT_TRUE(complaint(no_worse("mean_confidence")).starts_with("got mean_confidence, which is neither better"));
  metric_limit per_class = at_most("brier", 0.5);
  per_class.per_class = true;
  EXPECT_EQ(complaint(per_class), "got a limit per class for brier, expected one of classwise_ece, ece and accuracy");
}

TEST(Gate, EveryMetricIsJudgedOrRefused) {
  for (const metric_entry& entry : metric_catalog()) {
    const bool least = entry.better == metric_direction::higher;
    const metric_limits range = limits_of(entry);
    metric_limit limit = least ? at_least(std::string(entry.name), range.lower.value_or(0))
                               : at_most(std::string(entry.name), range.upper.value_or(1000));
    if (const std::string complaint = complaint_about(limit); !complaint.empty()) {
      EXPECT_NE(complaint.find("has no interval to judge by"), std::string::npos) << complaint;
      continue;
    }
    try {
      EXPECT_EQ(judged({limit}).outcome, pass) << entry.name << ": a limit at the end of the range is kept";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), error_code::missing_input) << e.what();
    }
  }
}

TEST(Gate, RowsThatDoNotAnswerAreRefused) {
  dataset data = two_groups(100);
  data.scores[0] = 0;
  data.scores[1] = 1;
  data.labels[0] = 0;
  data.groups.clear();
  data.group_names.clear();
  try {
    (void)judged({at_most("log_loss", 2)}, measure(data));
    FAIL();
  } catch (const error& e) {
    EXPECT_EQ(e.code(), error_code::missing_input);
    EXPECT_NE(std::string(e.what()).find("infinite: 1 row gives"), std::string::npos) << e.what();
  }
}

TEST(Gate, ItsVerdictIsOneSentence) {
  EXPECT_EQ(judged({at_most("ece", 0.1)}).verdict,
            "passes: ECE (top label) is at most 9.66 % with 95 % confidence, within the limit of 10 %");
  EXPECT_EQ(judged({at_most("ece", 0.03)}).verdict,
            "fails: ECE (top label) is at least 6.89 %, above the limit of 3 %");
  EXPECT_TRUE(judged({at_most("ece", 0.09)})
                  .verdict.starts_with("cannot tell yet: ECE (top label) is between 6.89 % and 9.66 %, and the limit "
                                       "is 9 %; about "));
  EXPECT_EQ(judged({at_most("ece", 0.1), at_most("brier", 1.9)}).verdict,
            "passes: all 2 limits hold, each with 95 % confidence");
}

}  // namespace
}  // namespace calibrant::testing
