// Rows that are accepted with a remark: clipped, renormalised, loosely normalised, of weight 0; and what a batch must
// be.
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>

#include "support/measure.hpp"
#include "support/outputs.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

dataset rows_of(const std::vector<std::vector<double>>& rows) {
  dataset data{.name = "rows", .classes = rows.at(0).size()};
  for (const std::vector<double>& row : rows) data.push(row, 0);
  return data;
}

bool accepted(const dataset& data, const measure_options& options = {}) {
  try {
    (void)measure(data, options);
    return true;
  } catch (const error&) {
    return false;
  }
}

TEST(RowRepair, AnExcessOverOneWithinAMillionthIsClipped) {
  const evaluation_state state = measure(rows_of({{1 + 1e-6, 0}, {1 + 0x1p-52, 0}, {1, 0}}));
  EXPECT_EQ(state.counts.clipped, 2U);
  EXPECT_EQ(state.counts.measured, 3U);
  EXPECT_TRUE(state.panels == measure(rows_of({{1, 0}, {1, 0}, {1, 0}})).panels);
  EXPECT_FALSE(accepted(rows_of({{1 + 1.01e-6, 0}})));
}

/// A float32 softmax can give 1 + 2^-23.
TEST(RowRepair, ClippingKeepsWeightsGroupsAndLabels) {
  dataset data = rows_of({{1 + 1e-7, 0}, {0.25, 0.75}, {0.5, 0.5}, {0, 1 + 1e-7}});
  data.labels = {0, 1, 0, 0};
  data.weights = {2, 1, 0, 3};
  data.groups = {1, 0, 0, 1};
  data.group_names = {"a", "b"};
  dataset exact = data;
  exact.scores = {1, 0, 0.25, 0.75, 0.5, 0.5, 0, 1};
  const evaluation_state state = measure(data);
  EXPECT_EQ(state.counts.clipped, 2U);
  EXPECT_EQ(state.counts.zero_weight, 1U);
  EXPECT_TRUE(state.panels == measure(exact).panels);
}

TEST(RowRepair, SumsWithinTheToleranceAreAcceptedAndCounted) {
  const double K = 2;
  const double rounding = K * (1e-9 + 4 * 0x1p-23);
  const evaluation_state state =
      measure(rows_of({{0.5, 0.5 + 0.9 * rounding}, {0.5, 0.5 + 1.5 * rounding}, {0.5, 0.4991}, {0.5, 0.5009}}));
  EXPECT_EQ(state.counts.loosely_normalized, 3U);
  EXPECT_EQ(state.counts.measured, 4U);
  EXPECT_TRUE(accepted(rows_of({{0.5, 0.50099}})));
  EXPECT_FALSE(accepted(rows_of({{0.5, 0.50101}})));
  EXPECT_FALSE(accepted(rows_of({{0.5, 0.49899}})));
}

/// Each row is counted once, whatever else is wrong in its block.
TEST(RowRepair, LooseRowsBesideRefusedAndClippedOnesAreCountedOnce) {
  measure_options skip;
  skip.pass.on_invalid = invalid_policy::skip;
  const evaluation_state state =
      measure(rows_of({{0.5, 0.4999}, {0.5, 0.25}, {0.5, 0.4999}, {1 + 1e-7, 0.0005}, {0.5, 0.5}}), skip);
  EXPECT_EQ(state.counts.loosely_normalized, 3U);
  EXPECT_EQ(state.counts.clipped, 1U);
  EXPECT_EQ(state.counts.skipped_total(), 1U);
  EXPECT_EQ(state.counts.measured, 4U);
}

TEST(RowRepair, Float16RowsMayMissTheirSumByAHundredth) {
  const auto state_of = [](double p) {
    const dataset data = rows_of({{p, 0.5}});
    return measure_view(data, stored_scores<float16>(data).view());
  };
  EXPECT_EQ(state_of(0.5).counts.loosely_normalized, 0U);
  EXPECT_EQ(state_of(0.5095).counts.loosely_normalized, 1U);
  EXPECT_THROW((void)state_of(0.5105), error);
  EXPECT_THROW((void)state_of(0.4895), error);
}

TEST(RowRepair, RenormalizeDividesByTheSum) {
  measure_options options;
  options.pass.renormalize = true;
  const evaluation_state state =
      measure(rows_of({{1, 3}, {0.5, 0.5}, {0.1, 0.1}, {2e-300, 6e-300}, {1e300, 1e300}}), options);
  EXPECT_EQ(state.counts.renormalized, 4U);
  EXPECT_EQ(state.counts.measured, 5U);
  EXPECT_TRUE(state.panels ==
              measure(rows_of({{0.25, 0.75}, {0.5, 0.5}, {0.5, 0.5}, {0.25, 0.75}, {0.5, 0.5}})).panels);
  // What cannot be a row of shares is still refused.
  for (const std::vector<double>& row : std::vector<std::vector<double>>{{0, 0},
                                                                         {-0.5, 1.5},
                                                                         {std::numeric_limits<double>::quiet_NaN(), 1},
                                                                         {std::numeric_limits<double>::infinity(), 1}})
    EXPECT_FALSE(accepted(rows_of({row}), options)) << row[0];
}

TEST(RowRepair, RenormalizeLeavesGoodRowsAsTheyAre) {
  const dataset data = random_probabilities(700, 4, 3);
  measure_options options;
  options.pass.renormalize = true;
  const evaluation_state state = measure(data, options);
  EXPECT_EQ(state.counts.renormalized, 0U);
  EXPECT_TRUE(state.panels == measure(data).panels);
}

TEST(RowRepair, RenormalizedRowsKeepTheirLabelsAmongOthers) {
  dataset data = random_probabilities(700, 4, 4);
  dataset scaled = data;
  for (std::size_t i = 0; i < 700; i += 3)
    for (std::size_t k = 0; k < 4; ++k) scaled.scores[i * 4 + k] *= 8;  // exact, so dividing gives the row again
  measure_options options;
  options.pass.renormalize = true;
  const evaluation_state state = measure(scaled, options);
  EXPECT_EQ(state.counts.renormalized, 234U);
  EXPECT_EQ(state.counts.measured, 700U);
  // Rows are divided by a float64 sum that is 8 to rounding.
  const auto allowed = [](const std::string& output) {
    return is_solved(output) ? solver_tolerance : tolerance{1e-12, 1e-9};
  };
  EXPECT_EQ(differences(metric_numbers(state.total()), metric_numbers(measure(data).total()), allowed), "");
}

TEST(Batch, MustFitTheConfiguration) {
  const dataset data = random_probabilities(4, 3, 5);
  const stored_scores<double> stored(data);
  thread_pool pool(1);
  const auto refusal = [&](const prediction_batch& batch) {
    evaluator pass(config_of(data), {}, pool);
    try {
      pass.accumulate(batch);
    } catch (const error& problem) {
      return std::string(name_of(problem.code())) + ": " + problem.what();
    }
    return std::string("accepted");
  };
  const std::vector<double> weights(3, 1.0);
  const std::vector<std::int32_t> groups = {0, 0, -2, 0};
  const scores good = typed_scores(stored.view(), score_kind::probabilities);
  const dataset wide = random_probabilities(4, 5, 6);
  const stored_scores<double> wide_stored(wide);
  prediction_batch batch{.values = good, .labels = data.labels, .source = 0, .first_row = 0};
  EXPECT_EQ(refusal(batch), "accepted");
  batch.values = typed_scores(wide_stored.view(), score_kind::probabilities);
  EXPECT_EQ(refusal(batch), "shape_mismatch: score columns: got 5, expected 3");
  batch.values = typed_scores(stored.view(), score_kind::logits);
  EXPECT_TRUE(refusal(batch).starts_with("shape_mismatch: score kind")) << refusal(batch);
  batch.values = good;
  batch.labels = batch.labels.subspan(1);
  EXPECT_EQ(refusal(batch), "shape_mismatch: labels: got 3, expected 4");
  batch.labels = data.labels;
  batch.weights = weights;
  EXPECT_EQ(refusal(batch), "shape_mismatch: weights: got 3, expected 4");
  batch.weights = {};
  batch.groups = std::span(groups).subspan(1);
  EXPECT_EQ(refusal(batch), "shape_mismatch: groups: got 3, expected 4");
  batch.groups = groups;
  EXPECT_EQ(refusal(batch), "invalid_argument: groups: got index -2, expected 0 or more; number the groups from 0");
}

TEST(Batch, AGroupWithoutANameIsRefused) {
  dataset data = random_probabilities(4, 3, 7);
  data.groups = {0, 1, 2, 0};
  data.group_names = {"a", "b"};
  try {
    (void)measure(data);
    FAIL() << "accepted";
  } catch (const error& problem) {
    EXPECT_EQ(problem.code(), error_code::shape_mismatch);
    EXPECT_STREQ(problem.what(), "groups: got index 2, expected one of 2 group names; name every group");
  }
}

/// Rows that the reader has refused stand in the batch as refused_label and are passed over.
TEST(Batch, RefusedLabelsArePassedOverAndKnownProblemsCounted) {
  dataset data = random_probabilities(6, 3, 8);
  data.labels[2] = refused_label;
  thread_pool pool(1);
  const stored_scores<double> stored(data);
  row_problems known;
  known.record(row_problem::missing_label, 0, 2, "has no label");
  const auto finish = [&](invalid_policy policy) {
    evaluator pass(config_of(data), {.on_invalid = policy}, pool);
    pass.accumulate(
        {.values = typed_scores(stored.view(), data.kind), .labels = data.labels, .source = 0, .first_row = 0});
    EXPECT_EQ(pass.problems().total(), 0U);
    return pass.finish({{.path = "file", .rows = 6, .sha256 = {}}}, {}, known, false);
  };
  const evaluation_state state = finish(invalid_policy::skip);
  EXPECT_EQ(state.counts.measured, 5U);
  EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::missing_label)], 1U);
  try {
    (void)finish(invalid_policy::error);
    FAIL() << "accepted";
  } catch (const error& problem) {
    EXPECT_EQ(problem.code(), error_code::invalid_labels);
    EXPECT_TRUE(std::string(problem.what()).starts_with("file: row 2 has no label;")) << problem.what();
  }
}

}  // namespace
}  // namespace calibrant::testing
