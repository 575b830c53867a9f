// What changed between two states: differences against closed forms, p-values that invert the intervals, verdicts,
// families of tests, classes and groups, and what is refused.
#include <calibrant/evaluation/state_diff.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/gate.hpp>
#include <calibrant/stats/holm_adjustment.hpp>
#include <calibrant/stats/wilson.hpp>

#include "support/measure.hpp"

namespace calibrant::testing {
namespace {

using enum change_verdict;

/// Rows of three classes: `over` more confident than right, a share `first` of class 0; in groups if `grouped`.
dataset rows_of(std::size_t n, std::uint64_t seed, double over = 0, double first = 1.0 / 3, bool grouped = false) {
  generator random(seed);
  dataset data{.name = "rows", .classes = 3};
  if (grouped) data.group_names = {"a", "b"};
  for (std::size_t i = 0; i < n; ++i) {
    const double u = random.uniform();
    const int label = u < first ? 0 : (u < first + (1 - first) / 2 ? 1 : 2);
    const double c = 0.5 + 0.45 * random.uniform();
    const bool second = grouped && i % 2 == 1;
    const int predicted = random.uniform() < c - (grouped && !second ? 0 : over) ? label : (label + 1) % 3;
    std::vector<double> row(3, (1 - c) / 2);
    row[static_cast<std::size_t>(predicted)] = c;
    data.push(row, label);
    if (grouped) data.groups.push_back(second ? 1 : 0);
  }
  return data;
}

evaluation_state state_of(std::size_t n, std::uint64_t seed, double over = 0, double first = 1.0 / 3,
                          bool grouped = false) {
  return measure(rows_of(n, seed, over, first, grouped));
}

measured_change change_of(const state_diff& result, std::string_view metric) {
  for (const auto* const changes : {&result.leading, &result.further})
    for (const measured_change& change : *changes)
      if (change.entry->name == metric) return change;
  throw std::runtime_error("no such metric");
}

TEST(StateDiff, OfSharesIsNewcombesIntervalAndItsPValueInvertsIt) {
  const evaluation_state before = state_of(2000, 1);
  const evaluation_state after = state_of(900, 2, 0.06);
  const measured_change accuracy = change_of(diff(before, after), "accuracy");
  const double x = *accuracy.after.value.value;
  const double y = *accuracy.before.value.value;
  EXPECT_DOUBLE_EQ(*accuracy.difference.value, x - y);
  const auto newcombe = [&](double level) {
    const interval a = wilson(x * 900, 900, confidence_level(level));
    const interval b = wilson(y * 2000, 2000, confidence_level(level));
    return interval{x - y - std::hypot(x - a.lower, b.upper - y), x - y + std::hypot(a.upper - x, y - b.lower)};
  };
  EXPECT_NEAR(accuracy.uncertainty.bounds->lower, newcombe(0.95).lower, 1e-12);
  EXPECT_NEAR(accuracy.uncertainty.bounds->upper, newcombe(0.95).upper, 1e-12);
  const double p = *accuracy.p_value.value;
  ASSERT_GT(p, 1e-6);
  ASSERT_LT(p, 0.05);
  EXPECT_NEAR(newcombe(1 - p).upper, 0, 1e-9) << "the interval at level 1 - p ends at 0";
}

TEST(StateDiff, TheGateWithoutAMarginSaysTheSame) {
  const evaluation_state before = state_of(3000, 3);
  const evaluation_state after = state_of(3000, 4, 0.1);
  const state_diff result = diff(before, after, {.level = confidence_level(0.9)});
  for (const char* const metric : {"accuracy", "ece", "brier", "log_loss"}) {
    // At 1 - level two-sided each end has half of it, as the gate has at the level between.
    const gate_options one{.level = confidence_level(0.95),
                           .limits = {{.metric = metric, .rule = limit_rule::no_worse}}};
    const gate_check check = judge(after, one, &before).checks[0];
    const measured_change change = change_of(result, metric);
    const bool turned = change.entry->better == metric_direction::higher;
    const interval bounds = *change.uncertainty.bounds;
    EXPECT_NEAR(*check.at_best.value, turned ? -bounds.upper : bounds.lower, 1e-12) << metric;
    EXPECT_NEAR(*check.at_worst.value, turned ? -bounds.lower : bounds.upper, 1e-12) << metric;
  }
}

TEST(StateDiff, IsTurnedAroundWithItsStates) {
  const evaluation_state before = state_of(1500, 5);
  const evaluation_state after = state_of(2500, 6, 0.08, 0.5);
  const state_diff forth = diff(before, after);
  const state_diff back = diff(after, before);
  for (std::size_t m = 0; m < forth.leading.size(); ++m) {
    const measured_change& a = forth.leading[m];
    const measured_change& b = back.leading[m];
    EXPECT_NEAR(*a.difference.value, -*b.difference.value, 1e-15) << a.entry->name;
    EXPECT_NEAR(a.uncertainty.bounds->lower, -b.uncertainty.bounds->upper, 1e-12) << a.entry->name;
    EXPECT_NEAR(*a.p_value.value, *b.p_value.value, 1e-9) << a.entry->name;
    if (a.verdict == worse) {
      EXPECT_EQ(b.verdict, better) << a.entry->name;
    }
  }
  EXPECT_EQ(change_of(forth, "accuracy").verdict, worse);
  EXPECT_TRUE(forth.class_mix.changed);
  EXPECT_NEAR(forth.class_mix.test.distance, 1.0 / 6, 0.04);
}

TEST(StateDiff, EqualStatesDoNotDiffer) {
  const evaluation_state state = state_of(700, 7, 0.05, 1.0 / 3, true);
  const state_diff result = diff(state, state);
  for (const auto* const changes : {&result.leading, &result.further})
    for (const measured_change& change : *changes) {
      EXPECT_FALSE(change.significant()) << change.entry->name;
      if (change.p_value.value) {
        EXPECT_EQ(*change.p_value.value, 1) << change.entry->name;
      }
    }
  EXPECT_FALSE(result.class_mix.changed);
  EXPECT_FALSE(result.group_mix.changed);
  EXPECT_TRUE(result.verdict.starts_with("no evidence of change; accuracy may have moved by -")) << result.verdict;
  EXPECT_EQ(result.warnings.at(0).code, "shared_rows");
}

TEST(StateDiff, FamiliesAreAdjustedApart) {
  const state_diff result = diff(state_of(2000, 8), state_of(2000, 9, 0.07));
  std::vector<double> p;
  for (const measured_change& change : result.leading) p.push_back(*change.p_value.value);
  p.push_back(*result.class_mix.p_value.value);
  EXPECT_EQ(result.leading_tests, p.size());
  const std::vector<double> adjusted = holm_adjusted(p);
  for (std::size_t m = 0; m < result.leading.size(); ++m)
    EXPECT_DOUBLE_EQ(*result.leading[m].adjusted_p_value.value, adjusted[m]);
  EXPECT_DOUBLE_EQ(*result.class_mix.adjusted_p_value.value, adjusted.back());
  EXPECT_EQ(result.class_tests, 12U) << "four quantities of three classes";
  EXPECT_EQ(result.group_tests, 0U);
  // One question needs no allowance for others but the mix of classes.
  const state_diff one = diff(state_of(2000, 8), state_of(2000, 9, 0.07), {.metrics = {"accuracy"}});
  EXPECT_EQ(one.leading_tests, 2U);
  EXPECT_TRUE(one.further.empty());
}

TEST(StateDiff, ASignedMetricIsWorseWhereItIsProvedFartherFromZero) {
  // The gap goes from 0 to .1, from .1 to 0, and from -.1 to .1: the last is no worse, only higher.
  const auto verdict = [](double before, double after) {
    return change_of(diff(state_of(6000, 10, before), state_of(6000, 11, after)), "confidence_gap").verdict;
  };
  EXPECT_EQ(verdict(0.03, 0.15), worse);
  EXPECT_EQ(verdict(0.15, 0.03), better);
  EXPECT_EQ(verdict(-0.1, 0.1), higher);
  EXPECT_EQ(verdict(0.1, -0.1), lower);
}

TEST(StateDiff, TheECEIsComparedWithoutWhatChanceAdds) {
  // Two calibrated samples: the plug-in ECE of the small one is far larger, which is no change.
  const measured_change ece = change_of(diff(state_of(40'000, 12), state_of(400, 13)), "ece");
  EXPECT_GT(*ece.after.value.value, 3 * *ece.before.value.value);
  EXPECT_EQ(ece.verdict, no_evidence);
  EXPECT_LT(std::abs(*ece.difference.value), *ece.after.value.value - *ece.before.value.value);
}

TEST(StateDiff, FindsTheClassAndTheGroup) {
  const state_diff result = diff(state_of(4000, 14, 0, 1.0 / 3, true), state_of(4000, 15, 0.2, 1.0 / 3, true));
  ASSERT_EQ(result.groups.size(), 2U);
  EXPECT_FALSE(result.groups[0].significant()) << "group a stays as it was";
  EXPECT_TRUE(result.groups[1].significant());
  EXPECT_EQ(change_of(result, "accuracy").verdict, worse);
  ASSERT_EQ(result.by_class.size(), 3U);
  EXPECT_TRUE(std::any_of(result.by_class.begin(), result.by_class.end(), [](auto& c) { return c.significant(); }));

  const state_diff mix = diff(state_of(4000, 16, 0, 0.2), state_of(4000, 17, 0, 0.4));
  EXPECT_EQ(mix.by_class[0].changes[0].verdict, higher);
  EXPECT_EQ(std::string(mix.by_class[0].changes[0].entry->name), "share");
  EXPECT_NEAR(*mix.by_class[0].rows_after, 1600, 120);
  EXPECT_NE(mix.verdict.find("the mix of classes shifted (by "), std::string::npos) << mix.verdict;
}

TEST(StateDiff, GroupsOfOneStateAreNamed) {
  evaluation_state before = state_of(1000, 18, 0, 1.0 / 3, true);
  evaluation_state after = state_of(1000, 19, 0, 1.0 / 3, true);
  before.panels.emplace("gone", before.panels.at("a"));
  const state_diff result = diff(before, after);
  EXPECT_EQ(result.groups_gone, std::vector<std::string>{"gone"});
  EXPECT_TRUE(result.groups_new.empty());
  EXPECT_TRUE(result.group_mix.changed);
}

TEST(StateDiff, DoesNotDependOnThreads) {
  const evaluation_state before = state_of(900, 20, 0, 1.0 / 3, true);
  const evaluation_state after = state_of(900, 21, 0.1, 0.5, true);
  thread_pool pool(4);
  const state_diff alone = diff(before, after);
  const state_diff together = diff(before, after, {}, "old", "new", &pool);
  EXPECT_EQ(alone.verdict, together.verdict);
  for (std::size_t m = 0; m < alone.further.size(); ++m)
    EXPECT_EQ(alone.further[m].adjusted_p_value, together.further[m].adjusted_p_value);
}

TEST(StateDiff, WeightsCountAsTheyMean) {
  dataset twice = rows_of(600, 22, 0.1);
  const evaluation_state plain = measure(rows_of(800, 23));
  dataset repeated = twice;
  twice.weights.assign(twice.rows(), 2.0);
  for (std::size_t i = 0; i < 600; ++i)
    repeated.push(std::vector<double>(repeated.row(i), repeated.row(i) + 3), repeated.labels[i]);
  const state_diff frequency = diff(plain, measure(twice));
  const state_diff rows = diff(plain, measure(repeated));
  for (std::size_t m = 0; m < rows.leading.size(); ++m)
    EXPECT_EQ(frequency.leading[m].p_value, rows.leading[m].p_value) << rows.leading[m].entry->name;
  // Likelihood ratios of 2 tell no more than 600 rows.
  const state_diff importance = diff(measure(rows_of(800, 23), {.weights = weight_kind::importance}),
                                     measure(twice, {.weights = weight_kind::importance}));
  EXPECT_GT(*change_of(importance, "accuracy").p_value.value, *change_of(frequency, "accuracy").p_value.value);
  EXPECT_NEAR(importance.after.effective_rows, 600, 1e-9);
}

TEST(StateDiff, RefusesWhatCannotBeCompared) {
  const auto refusal = [](const evaluation_state& before, const evaluation_state& after,
                          const diff_options& options = {}) {
    try {
      (void)diff(before, after, options, "may.cstate", "june.cstate");
    } catch (const error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const evaluation_state state = state_of(300, 24);
  dataset four{.name = "four", .classes = 4};
  four.push({0.4, 0.2, 0.2, 0.2}, 0);
  EXPECT_EQ(
      refusal(measure(four), state),
      "june.cstate: it was measured with 3 classes (0, 1, 2), but may.cstate with 4 classes (0, 1, 2, 3), expected "
      "the same classes in the same order; measure both in the same way");
  EXPECT_EQ(refusal(measure(rows_of(300, 24), {.bins = 10}), state),
            "june.cstate: it was measured with 15 bins, but may.cstate with 10 bins, expected as many; measure both in "
            "the same way");
  EXPECT_NE(refusal(measure(rows_of(300, 24), {.log_floor = 1e-9}), state).find("the log floor 1e-09"),
            std::string::npos);
  evaluation_state empty = state;
  empty.panels.clear();
  EXPECT_EQ(refusal(empty, state),
            "may.cstate: no rows, expected at least one row with a positive weight; measure more");
  EXPECT_NE(refusal(state, state, {.metrics = {"acuracy"}}).find("got \"acuracy\", expected one of "),
            std::string::npos);
}

TEST(StateDiff, SaysWhyAFigureIsMissing) {
  dataset zero = rows_of(300, 25);
  zero.push({1, 0, 0}, 1);
  const measured_change loss = change_of(diff(state_of(300, 26), measure(zero)), "log_loss");
  EXPECT_EQ(loss.verdict, not_tested);
  EXPECT_TRUE(loss.adjusted_p_value.reason.starts_with("infinite: 1 row")) << loss.adjusted_p_value.reason;
  EXPECT_FALSE(loss.difference.value);
}

}  // namespace
}  // namespace calibrant::testing
