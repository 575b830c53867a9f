// A pass that measures only what a metric reads gives the metric of the whole pass; what was not measured says so.

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/io/state_file.hpp>

#include "support/measure.hpp"
#include "support/outputs.hpp"
#include "support/simd_scope.hpp"

namespace calibrant::testing {
namespace {

std::vector<dataset> datasets() {
  dataset weighted = random_probabilities(300, 7, 21);
  add_real_weights(weighted, 22);
  dataset grouped = random_probabilities(300, 100, 23);
  add_groups(grouped, 3, 24);
  return {random_probabilities(500, 10, 25),
          random_probabilities(60, 1000, 26),
          grid_probabilities(300, 3, 27, false),
          random_logits(200, 5, 28),
          weighted,
          grouped};
}

TEST(RestrictedPass, GivesEachMetricOfTheWholePassOnEveryTarget) {
  metric_options few_draws;
  few_draws.draws = 20;
  for (const std::string& target : simd_targets()) {
    const simd_scope forced(target);
    for (const dataset& data : datasets()) {
      const panel_state whole =
          measure(data, {.parts = panel_parts::all() | panel_part::kernel_pairs | panel_part::row_scores}).total();
      for (const metric_entry& entry : metric_catalog()) {
        const panel_parts parts = parts_needed({.metrics = {std::string(entry.name)}}, data.classes);
        ASSERT_TRUE(parts.contain(entry.reads));
        const panel_state part = measure(data, {.parts = parts}).total();
        for (const metric_entry& each : metric_catalog()) {
          const estimate got = each.finalize(part, few_draws);
          if (parts.contain(each.reads)) {
            numbers restricted;
            numbers full;
            add_estimate(restricted, "", got);
            add_estimate(full, "", each.finalize(whole, few_draws));
            EXPECT_EQ(differences(restricted, full), "") << each.name << " of " << parts.text() << ", " << target;
          } else {
            EXPECT_FALSE(got.value.value) << each.name << " of " << parts.text();
            EXPECT_TRUE(got.value.reason.starts_with("not measured: ")) << each.name;
          }
        }
      }
    }
  }
}

TEST(RestrictedPass, AWholeStateAnswersARestrictedQuestionAlike) {
  for (const dataset& data : datasets()) {
    const evaluation_options options{.metrics = {"ece"}};
    const evaluation whole = evaluate(measure(data), options);
    const evaluation part = evaluate(measure(data, {.parts = parts_needed(options, data.classes)}), options);
    EXPECT_EQ(whole.total.headline, part.total.headline);
    EXPECT_EQ(whole.total.weight, part.total.weight);
    EXPECT_TRUE(whole.total.per_class.empty() && part.total.per_class.empty());
    EXPECT_TRUE(whole.total.class_reliability.empty() && part.total.class_reliability.empty());
    ASSERT_EQ(whole.total.warnings.size(), part.total.warnings.size());
    for (std::size_t w = 0; w < whole.total.warnings.size(); ++w)
      EXPECT_EQ(whole.total.warnings[w].message, part.total.warnings[w].message);
  }
}

TEST(RestrictedPass, ClassesAreMeasuredWhenAskedFor) {
  EXPECT_EQ(parts_needed({.metrics = {"ece"}}, 3), panel_parts(panel_part::top_label));
  EXPECT_EQ(parts_needed({.metrics = {"ece"}, .per_class_reliability = true}, 3),
            panel_part::top_label | panel_part::classwise);
  EXPECT_EQ(parts_needed({}, 1000) | panel_part::ranks, panel_parts::all() | panel_part::kernel_pairs);
  EXPECT_FALSE(parts_needed({}, 1000).contain(panel_part::ranks));
  EXPECT_TRUE(parts_needed({.metrics = {"top_k_accuracy"}}, 3).contain(panel_part::ranks));
  EXPECT_FALSE(parts_needed({}, 1001).contain(panel_part::class_values));
  EXPECT_TRUE(parts_needed({.metrics = {"tace"}}, 1001).contain(panel_part::class_values));
  EXPECT_THROW((void)parts_needed({.metrics = {"no_such_metric"}}, 3), error);
}

TEST(RestrictedPass, StatesOfOtherPartsDoNotMergeAndAreWrittenAsTheyAre) {
  const dataset data = random_probabilities(50, 3, 29);
  const evaluation_state part = measure(data, {.parts = panel_part::top_label});
  evaluation_state whole = measure(data);
  const std::string before = encode_state(whole);
  EXPECT_THROW(whole.merge(part), error);
  EXPECT_EQ(encode_state(whole), before);
  panel_state panel = whole.total();
  EXPECT_THROW(panel.merge(part.total()), error);
  EXPECT_TRUE(panel == whole.total());
  const std::string written = encode_state(part);
  EXPECT_EQ(encode_state(decode_state(written, "part.cstate")), written);
}

// Sums wait in 64 bits across batches and groups; nothing is lost or counted twice whatever the order of batches.
TEST(PendingSums, SurviveBatchesAndGroupsThatAlternate) {
  dataset data = random_probabilities(3 * rows_between_flushes + 100, 5, 30);
  add_groups(data, 4, 31);
  const evaluation_state at_once = measure(data);
  for (const std::size_t batch : {std::size_t{1}, std::size_t{7}, rows_between_flushes, rows_between_flushes + 1}) {
    const evaluation_state in_batches = measure(data, {.batch_rows = batch});
    EXPECT_TRUE(in_batches.panels == at_once.panels) << batch;
  }
}

/// The same rows with a weight of 1 each, which go into the states one by one.
dataset with_unit_weights(dataset data) {
  data.weights.assign(data.rows(), 1.0);
  return data;
}

const measure_options cells_alone = {.parts = panel_part::top_label | panel_part::classwise};

// Large tables of cells are fed differently from small ones; both give what the rows give one by one.
TEST(PendingSums, AreThoseOfTheRowsOneByOne) {
  for (const std::size_t classes : {std::size_t{3}, rows_between_flushes / 15, rows_between_flushes / 15 + 1}) {
    const dataset data = random_probabilities(1000, classes, 32);
    for (const std::string& target : simd_targets()) {
      const simd_scope scope(target);
      EXPECT_TRUE(measure(data, cells_alone).total() == measure(with_unit_weights(data), cells_alone).total())
          << classes << target;
    }
  }
}

// The most that can wait: every row is certain and falls into the same cell.
TEST(PendingSums, HoldAsManyCertainRowsAsMayWait) {
  dataset data{.name = "certain", .classes = 2};
  for (std::size_t i = 0; i < 2 * rows_between_flushes; ++i) data.push({0.0, 1.0}, 1);
  const panel_state state = measure(data, cells_alone).total();
  EXPECT_TRUE(state == measure(with_unit_weights(data), cells_alone).total());
  EXPECT_EQ(state.classwise.class_bins(1).back().sums.confidence, static_cast<double>(data.rows()));
}

}  // namespace
}  // namespace calibrant::testing
