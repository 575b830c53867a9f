// Rows of which only the confidence of the prediction is known: the numbers of the top label are those of whole rows.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/io/state_file.hpp>

#include "support/measure.hpp"
#include "support/outputs.hpp"
#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

/// The confidences of a data set as a batch of their own.
struct confidence_rows {
  std::vector<double> confidences;
  std::vector<std::int32_t> predictions;
  std::vector<std::int32_t> labels;  ///< classes, or 0 for right and 1 for wrong

  confidence_rows(const dataset& data, bool with_classes) {
    for (std::size_t i = 0; i < data.rows(); ++i) {
      const double* const row = data.row(i);
      const auto top = std::max_element(row, row + data.classes) - row;
      confidences.push_back(row[top]);
      if (with_classes) predictions.push_back(static_cast<std::int32_t>(top));
      labels.push_back(with_classes ? data.labels[i] : static_cast<std::int32_t>(top != data.labels[i]));
    }
  }
  [[nodiscard]] prediction_batch batch(const dataset& data) const {
    return {.values = calibrant::confidences(
                basic_matrix_view<double>::contiguous(confidences.data(), confidences.size(), 1)),
            .labels = labels,
            .weights = data.weights,
            .groups = data.groups,
            .predictions = predictions};
  }
};

evaluation_config confidence_config(const class_names& classes) {
  return {.classes = classes, .kind = score_kind::top_label, .log_floor = {}};
}

evaluation_state measure_confidences(const dataset& data, bool with_classes, std::size_t threads = 1) {
  const confidence_rows rows(data, with_classes);
  thread_pool pool(threads);
  evaluator pass(confidence_config(with_classes ? class_names::indexed(data.classes) : class_names::none()), {}, pool);
  pass.accumulate(rows.batch(data));
  return pass.finish({{.path = "rows", .rows = data.rows(), .sha256 = {}}}, data.group_names, {},
                     !data.weights.empty());
}

std::vector<dataset> datasets() {
  dataset weighted = random_probabilities(400, 5, 41);
  add_real_weights(weighted, 42);
  dataset grouped = random_probabilities(300, 3, 43);
  add_groups(grouped, 3, 44);
  return {random_probabilities(500, 10, 45), grid_probabilities(300, 4, 46, false), weighted, grouped};
}

TEST(ConfidenceInput, HasTheTopLabelNumbersOfWholeRows) {
  for (const dataset& data : datasets())
    for (const bool with_classes : {true, false}) {
      const evaluation whole = evaluate(measure(data));
      const evaluation alone = evaluate(measure_confidences(data, with_classes, 2));
      EXPECT_EQ(alone.total.headline, whole.total.headline);
      std::size_t compared = 0;
      for (const panel_metric& m : alone.total.metrics) {
        const bool needs_rows = m.entry->reads.contain(panel_part::proper_scores) ||
                                m.entry->reads.contain(panel_part::classwise) ||
                                m.entry->reads.contain(panel_part::class_values);
        if (needs_rows || (!with_classes && m.entry->needs.predicted_class)) {
          EXPECT_FALSE(m.result.value.value) << m.entry->name;
          EXPECT_TRUE(m.result.value.reason.starts_with(needs_rows ? "needs the probabilities of all classes"
                                                                   : "needs the predicted class"))
              << m.entry->name << ": " << m.result.value.reason;
          continue;
        }
        numbers expected;
        numbers got;
        add_estimate(expected, "", *whole.total.find(m.entry->name));
        add_estimate(got, "", m.result);
        EXPECT_EQ(differences(got, expected), "") << m.entry->name;
        ++compared;
      }
      EXPECT_GE(compared, 10U);
      EXPECT_EQ(alone.groups.size(), whole.groups.size());
    }
}

TEST(ConfidenceInput, AStateIsReadBackAndMerges) {
  for (const bool with_classes : {true, false}) {
    const dataset data = random_probabilities(300, 4, 47);
    const evaluation_state whole = measure_confidences(data, with_classes);
    evaluation_state merged = measure_confidences(slice(data, 0, 100), with_classes);
    merged.merge(measure_confidences(slice(data, 100, 300), with_classes));
    EXPECT_TRUE(merged.panels == whole.panels);
    const evaluation_state back = decode_state(encode_state(whole), "s");
    EXPECT_TRUE(back.panels == whole.panels);
    EXPECT_TRUE(back.config == whole.config);
    EXPECT_EQ(back.config.kind, score_kind::top_label);
    EXPECT_EQ(back.config.classes.size(), with_classes ? 4U : 0U);
  }
  evaluation_state named = measure_confidences(random_probabilities(10, 4, 48), true);
  EXPECT_THAT(refusal_of([&] { return named.merge(measure_confidences(random_probabilities(10, 4, 48), false)), 0; }),
              says(error_code::state_mismatch, "the number of classes is 4 in one state and 0 in another"));
  EXPECT_THAT(refusal_of([&] { return named.merge(measure(random_probabilities(10, 4, 48))), 0; }),
              says(error_code::state_mismatch, "the kind of scores is top_label in one state and probabilities"));
}

refusal refusal_of_row(double confidence, std::int32_t prediction, std::int32_t label, bool with_classes = true) {
  return refusal_of([&] {
    thread_pool pool(1);
    evaluator pass(confidence_config(with_classes ? class_names::indexed(3) : class_names::none()), {}, pool);
    const std::vector<double> confidences = {0.5, confidence};
    const std::vector<std::int32_t> predictions = {0, prediction};
    const std::vector<std::int32_t> labels = {0, label};
    pass.accumulate(
        {.values = calibrant::confidences(basic_matrix_view<double>::contiguous(confidences.data(), 2, 1)),
         .labels = labels,
         .predictions = with_classes ? std::span<const std::int32_t>(predictions) : std::span<const std::int32_t>()});
    return pass.finish({{.path = "rows", .rows = 2, .sha256 = {}}}, {}, {}, false);
  });
}

TEST(ConfidenceInput, RefusesRowsByName) {
  EXPECT_THAT(refusal_of_row(85, 0, 0), says(error_code::invalid_scores, "rows: row 1 has confidence 85",
                                             "from 0 to 1; if confidences go from 0 to 100", "--scale percent"));
  EXPECT_THAT(refusal_of_row(-0.5, 0, 0), says(error_code::invalid_scores, "row 1 has confidence -0.5"));
  EXPECT_THAT(refusal_of_row(std::numeric_limits<double>::quiet_NaN(), 0, 0),
              says(error_code::invalid_scores, "row 1 has confidence NaN"));
  EXPECT_THAT(refusal_of_row(0.5, 3, 0),
              says(error_code::invalid_labels, "row 1 has prediction 3, expected a class index from 0 to 2"));
  EXPECT_THAT(refusal_of_row(0.5, -1, 0), says(error_code::invalid_labels, "row 1 has prediction -1"));
  EXPECT_THAT(refusal_of_row(0.5, 0, 3), says(error_code::invalid_labels, "row 1 has label 3"));
  EXPECT_THAT(refusal_of_row(0.5, 0, 2, false), says(error_code::invalid_labels, "row 1 has label 2", "from 0 to 1"));
  EXPECT_EQ(refusal_of_row(1.0000005, 0, 0).code, std::nullopt) << "clipped";
}

TEST(ConfidenceInput, RefusesBatchesThatDoNotFit) {
  thread_pool pool(1);
  EXPECT_THAT(refusal_of([&] { return evaluator({.classes = class_names::none(), .log_floor = {}}, {}, pool), 0; }),
              says(error_code::invalid_classes, "classes: got none"));
  const dataset data = random_probabilities(5, 3, 49);
  confidence_rows rows(data, true);
  evaluator pass(confidence_config(class_names::indexed(3)), {}, pool);
  rows.predictions.pop_back();
  EXPECT_THAT(refusal_of([&] { return pass.accumulate(rows.batch(data)), 0; }),
              says(error_code::shape_mismatch, "predictions: got 4, expected 5"));
  EXPECT_THAT(refusal_of([&] {
                const stored_scores<double> stored(data);
                return pass.accumulate({.values = probabilities(stored.view()), .labels = data.labels}), 0;
              }),
              says(error_code::shape_mismatch, "score columns: got 3, expected 1"));
}

}  // namespace
}  // namespace calibrant::testing
