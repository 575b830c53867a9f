// Rows that cannot be measured: what they are called, which comes first, how many there are, and that nothing else
// changes when they are skipped.
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>

#include "support/measure.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

dataset good_rows(std::size_t n, score_kind kind = score_kind::probabilities) {
  return kind == score_kind::logits ? random_logits(n, 3, 5) : random_probabilities(n, 3, 5);
}

void put_row(dataset& data, std::size_t i, const std::vector<double>& scores_of_row) {
  std::copy(scores_of_row.begin(), scores_of_row.end(),
            data.scores.begin() + static_cast<std::ptrdiff_t>(i * data.classes));
}

/// The code and message with which the data are refused.
std::pair<std::string, std::string> refusal(const dataset& data, const measure_options& options = {}) {
  try {
    (void)measure(data, options);
  } catch (const error& problem) {
    return {std::string(name_of(problem.code())), problem.what()};
  }
  return {"accepted", ""};
}

struct bad_row {
  std::vector<double> scores;
  row_problem problem;
  std::string got;  ///< what the message says after "row 17 "
};

const std::vector<bad_row>& bad_probability_rows() {
  static const std::vector<bad_row> rows = {
      {{nan, 0.5, 0.5}, row_problem::not_finite, "has NaN in column 0 (class \"0\"), expected a number from 0 to 1"},
      {{0.5, infinity, 0.5},
       row_problem::not_finite,
       "has infinity in column 1 (class \"1\"), expected a number from 0 to 1"},
      {{0.5, 0.5, -infinity},
       row_problem::not_finite,
       "has -infinity in column 2 (class \"2\"), expected a number from 0 to 1"},
      {{-0.25, 0.5, 0.75},
       row_problem::negative,
       "has -0.25 in column 0 (class \"0\"), expected a probability from 0 to 1; declare --logits if the scores are "
       "logits"},
      {{-1e-12, 0.5, 0.5},
       row_problem::negative,
       "has -1e-12 in column 0 (class \"0\"), expected a probability from 0 to 1; declare --logits if the scores are "
       "logits"},
      {{0, 1.5, 0},
       row_problem::above_one,
       "has 1.5 in column 1 (class \"1\"), expected a probability from 0 to 1; declare --logits if the scores are "
       "logits"},
      {{7, -1, 0.5},
       row_problem::negative,
       "has -1 in column 1 (class \"1\"), expected a probability from 0 to 1; declare --logits if the scores are "
       "logits"},
      {{-1, 7, nan}, row_problem::not_finite, "has NaN in column 2 (class \"2\"), expected a number from 0 to 1"},
      {{20, 30.5, 49.5},
       row_problem::above_one,
       "has 20 in column 0 (class \"0\"), expected a probability from 0 to 1; the row sums to 100, so these look like "
       "percentages: say so with --scale percent"},
      {{0.25, 0.25, 0.25},
       row_problem::bad_sum,
       "sums to 0.75, expected 1 within 0.001 (K = 3); divide each row by its sum with --renormalize, or declare "
       "--logits"},
      {{0.5, 0.5, 0.0011},
       row_problem::bad_sum,
       "sums to 1.0011, expected 1 within 0.001 (K = 3); divide each row by its sum with --renormalize, or declare "
       "--logits"},
      {{0, 0, 0},
       row_problem::bad_sum,
       "sums to 0, expected 1 within 0.001 (K = 3); divide each row by its sum with --renormalize, or declare "
       "--logits"},
  };
  return rows;
}

TEST(RowProblems, EachProbabilityRowIsRefusedForItsReason) {
  for (const bad_row& bad : bad_probability_rows()) {
    dataset data = good_rows(40);
    put_row(data, 17, bad.scores);
    const auto [code, message] = refusal(data);
    EXPECT_EQ(code, "invalid_scores");
    EXPECT_EQ(message, "rows: row 17 " + bad.got +
                           "; no other row is refused; repair them, or drop them with --on-invalid skip");
    // Skipped, it is counted, and the rest is what would be measured without it.
    measure_options skip;
    skip.pass.on_invalid = invalid_policy::skip;
    evaluation_state state = measure(data, skip);
    EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(bad.problem)], 1U) << bad.got;
    EXPECT_EQ(state.counts.skipped_total(), 1U) << bad.got;
    EXPECT_EQ(state.counts.measured, 39U);
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < 40; ++i)
      if (i != 17) others.push_back(i);
    EXPECT_TRUE(state.panels == measure(take(data, others)).panels) << bad.got;
  }
}

TEST(RowProblems, EachLogitRowIsRefusedForItsReason) {
  const std::vector<bad_row> rows = {
      {{0, nan, 1}, row_problem::not_finite, "has NaN in column 1 (class \"1\"), expected a finite logit or -infinity"},
      {{0, 1, infinity},
       row_problem::not_finite,
       "has infinity in column 2 (class \"2\"), expected a finite logit or -infinity"},
      {{-infinity, nan, -infinity},
       row_problem::not_finite,
       "has NaN in column 1 (class \"1\"), expected a finite logit or -infinity"},
      {{-infinity, -infinity, -infinity},
       row_problem::not_finite,
       "has -infinity for every class, expected at least one finite logit"},
  };
  for (const bad_row& bad : rows) {
    dataset data = good_rows(600, score_kind::logits);
    put_row(data, 517, bad.scores);
    EXPECT_EQ(refusal(data).second, "rows: row 517 " + bad.got +
                                        "; no other row is refused; repair them, or drop them with --on-invalid skip");
    measure_options skip;
    skip.pass.on_invalid = invalid_policy::skip;
    const evaluation_state state = measure(data, skip);
    EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::not_finite)], 1U);
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < 600; ++i)
      if (i != 517) others.push_back(i);
    EXPECT_TRUE(state.panels == measure(take(data, others)).panels) << bad.got;
  }
}

TEST(RowProblems, LabelsAndWeightsAreRowProblemsToo) {
  dataset data = good_rows(30);
  data.labels[4] = 3;
  EXPECT_EQ(refusal(data), (std::pair<std::string, std::string>(
                               "invalid_labels",
                               "rows: row 4 has label 3, expected a class index from 0 to 2; no other "
                               "row is refused; repair them, or drop them with --on-invalid skip")));
  data.labels[4] = -7;
  EXPECT_NE(refusal(data).second.find("row 4 has label -7, expected"), std::string::npos);
  data.labels[4] = 0;
  data.weights.assign(30, 1.0);
  for (const auto& [weight, text] : {std::pair(-0.5, "-0.5"), std::pair(nan, "NaN"), std::pair(infinity, "infinity")}) {
    data.weights[9] = weight;
    const auto [code, message] = refusal(data);
    EXPECT_EQ(code, "invalid_weights");
    EXPECT_NE(message.find("row 9 has weight " + std::string(text) + ", expected a finite number of at least 0"),
              std::string::npos)
        << message;
  }
  measure_options skip;
  skip.pass.on_invalid = invalid_policy::skip;
  data.labels[2] = 8;
  const evaluation_state state = measure(data, skip);
  EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::invalid_weight)], 1U);
  EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::unknown_label)], 1U);
  EXPECT_EQ(state.counts.measured, 28U);
}

/// The first offender in the order of the rows is named and all are counted, however the rows are cut.
TEST(RowProblems, TheFirstOffenderAndTheCountDoNotDependOnTheCut) {
  dataset data = random_probabilities(9000, 6, 7);
  for (const std::size_t i : {8123, 4321, 777, 6000}) data.scores[i * 6 + 2] = nan;
  data.scores[5000 * 6] = 2;
  data.labels[778] = 99;
  for (const std::size_t threads : {1, 2, 3})
    for (const std::size_t batch : {std::size_t{0}, std::size_t{100}, std::size_t{5000}}) {
      const auto [code, message] = refusal(data, {.threads = threads, .batch_rows = batch});
      EXPECT_EQ(code, "invalid_scores");
      EXPECT_TRUE(message.starts_with("rows: row 777 has NaN in column 2 (class \"2\")")) << message;
      EXPECT_NE(message.find("; 6 of 9000 rows are refused;"), std::string::npos) << message;
      measure_options skip{.threads = threads, .batch_rows = batch};
      skip.pass.on_invalid = invalid_policy::skip;
      const evaluation_state state = measure(data, skip);
      EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::not_finite)], 4U);
      EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::above_one)], 1U);
      EXPECT_EQ(state.counts.skipped[static_cast<std::size_t>(row_problem::unknown_label)], 1U);
      EXPECT_EQ(state.counts.measured, 8994U);
    }
}

TEST(RowProblems, WithGroupsTheOffenderIsStillTheFirstRow) {
  dataset data = random_probabilities(50, 3, 8);
  data.groups.assign(50, 0);
  data.group_names = {"a", "b"};
  data.groups[3] = 1;  // its block comes last
  data.scores[3 * 3] = nan;
  data.scores[40 * 3] = nan;
  const auto [code, message] = refusal(data);
  EXPECT_TRUE(message.starts_with("rows: row 3 has NaN")) << message;
  EXPECT_NE(message.find("2 of 50 rows are refused"), std::string::npos) << message;
  measure_options skip;
  skip.pass.on_invalid = invalid_policy::skip;
  const evaluation_state state = measure(data, skip);
  EXPECT_EQ(state.counts.measured, 48U);
  EXPECT_FALSE(state.panels.contains("b")) << "no row of it was measured";
}

TEST(RowProblems, AllRowsSkippedLeaveNothingToMeasure) {
  dataset data = good_rows(3);
  data.scores.assign(9, nan);
  measure_options skip;
  skip.pass.on_invalid = invalid_policy::skip;
  EXPECT_EQ(refusal(data, skip),
            (std::pair<std::string, std::string>(
                "no_rows", "no rows: all 3 rows were skipped, expected at least one that can be measured")));
}

TEST(RowProblems, RecordKeepsTheEarliestAndMergeAddsCounts) {
  row_problems a;
  EXPECT_EQ(a.first(), std::nullopt);
  a.record(row_problem::bad_sum, 1, 5, "later");
  a.record(row_problem::bad_sum, 0, 9, "earlier source");
  a.record(row_problem::bad_sum, 0, 10, "later row");
  EXPECT_EQ(a[row_problem::bad_sum].count, 3U);
  EXPECT_EQ(a[row_problem::bad_sum].got, "earlier source");
  row_problems b;
  b.record(row_problem::bad_sum, 0, 2, "first of all");
  b.record(row_problem::negative, 0, 1, "negative");
  row_problems ab = a;
  ab.merge(b);
  row_problems ba = b;
  ba.merge(a);
  for (const row_problems& merged : {ab, ba}) {
    EXPECT_EQ(merged.total(), 5U);
    EXPECT_EQ(merged.first(), row_problem::negative);
    EXPECT_EQ(merged[row_problem::bad_sum].count, 4U);
    EXPECT_EQ(merged[row_problem::bad_sum].row, 2U);
    EXPECT_EQ(merged[row_problem::bad_sum].got, "first of all");
  }
  ab.merge({});
  EXPECT_EQ(ab.total(), 5U);
}

}  // namespace
}  // namespace calibrant::testing
