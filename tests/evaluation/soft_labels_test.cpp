// Labels that are distributions: a row counts as a row of each class with the share of that class.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/io/state_file.hpp>

#include "support/measure.hpp"
#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

/// Shares of K classes for n rows; every `one_hot`-th row is its label alone.
std::vector<double> random_shares(const dataset& data, std::uint64_t seed, std::size_t one_hot) {
  generator random(seed);
  std::vector<double> shares;
  for (std::size_t i = 0; i < data.rows(); ++i) {
    std::vector<double> q(data.classes, 0.0);
    if (i % one_hot == 0)
      q[static_cast<std::size_t>(data.labels[i])] = 1;
    else
      for (double& x : q) x = random.exponential();
    double total = 0;
    for (const double x : q) total += x;
    for (const double x : q) shares.push_back(x / total);
  }
  return shares;
}

evaluation_state measure_soft(const dataset& data, const std::vector<double>& shares, std::size_t threads = 1,
                              const pass_options& options = {}) {
  thread_pool pool(threads);
  evaluator pass(config_of(data), options, pool);
  const stored_scores<double> stored(data);
  const std::vector<std::int32_t> labels(data.rows(), soft_label);
  pass.accumulate({.values = typed_scores(stored.view(), data.kind),
                   .labels = labels,
                   .weights = data.weights,
                   .groups = data.groups,
                   .label_shares = shares});
  return pass.finish({{.path = "rows", .rows = data.rows(), .sha256 = {}}}, data.group_names, {},
                     !data.weights.empty());
}

TEST(SoftLabels, OneHotLabelsGiveTheBitsOfTheirIndex) {
  dataset grouped = random_probabilities(700, 5, 61);
  add_groups(grouped, 3, 62);
  dataset weighted = random_probabilities(300, 3, 63);
  add_real_weights(weighted, 64);
  for (const dataset& data : {random_probabilities(600, 4, 65), random_logits(300, 6, 66), grouped, weighted}) {
    const evaluation_state soft = measure_soft(data, random_shares(data, 67, 1));
    EXPECT_TRUE(soft.panels == measure(data).panels) << data.name;
    EXPECT_EQ(soft.counts.soft_labels, 0U);
    EXPECT_EQ(soft.counts.measured + soft.counts.zero_weight, data.rows());
  }
}

TEST(SoftLabels, ARowIsARowOfEachClassByItsShare) {
  dataset grouped = random_probabilities(700, 4, 71);
  add_groups(grouped, 3, 72);
  for (const dataset& data : {random_probabilities(500, 7, 73), random_logits(500, 3, 74), grouped}) {
    const std::vector<double> shares = random_shares(data, 75, 4);
    dataset expanded{.name = "expanded", .classes = data.classes, .group_names = data.group_names, .kind = data.kind};
    for (std::size_t i = 0; i < data.rows(); ++i)
      for (std::size_t k = 0; k < data.classes; ++k) {
        const double share = shares[i * data.classes + k];
        if (share == 0) continue;
        expanded.push(std::vector<double>(data.row(i), data.row(i) + data.classes), static_cast<std::int32_t>(k));
        expanded.weights.push_back(share);
        if (!data.groups.empty()) expanded.groups.push_back(data.groups[i]);
      }
    const evaluation soft = evaluate(measure_soft(data, shares, 2));
    const evaluation rows = evaluate(measure(expanded));
    EXPECT_EQ(soft.counts.soft_labels, data.rows() - (data.rows() + 3) / 4);
    const auto compare = [](const panel& got, const panel& expected) {
      EXPECT_NEAR(got.weight, expected.weight, 1e-9);
      for (const panel_metric& m : got.metrics) {
        if (!m.result.value.value) continue;
        EXPECT_NEAR(*m.result.value.value, *expected.find(m.entry->name)->value.value, 1e-11) << m.entry->name;
        EXPECT_FALSE(m.result.p_value.value) << m.entry->name << " has no test";
        EXPECT_FALSE(m.entry->needs.hard_labels) << m.entry->name;
      }
      for (std::size_t b = 0; b < got.top_label.size(); ++b) {
        EXPECT_FALSE(got.top_label[b].bounds) << "Clopper-Pearson counts hits";
        if (got.top_label[b].accuracy) {
          EXPECT_NEAR(*got.top_label[b].accuracy, *expected.top_label[b].accuracy, 1e-12);
        }
      }
    };
    compare(soft.total, rows.total);
    for (const auto& [name, group] : soft.groups) compare(group, rows.groups.at(name));
  }
}

TEST(SoftLabels, StatesMergeAndAreReadBack) {
  const dataset data = random_probabilities(400, 3, 81);
  const std::vector<double> shares = random_shares(data, 82, 5);
  const auto part = [&](std::size_t first, std::size_t last) {
    return measure_soft(slice(data, first, last), {shares.begin() + static_cast<std::ptrdiff_t>(3 * first),
                                                   shares.begin() + static_cast<std::ptrdiff_t>(3 * last)});
  };
  const evaluation_state whole = measure_soft(data, shares);
  evaluation_state merged = part(150, 400);
  merged.merge(part(0, 150));
  EXPECT_EQ(merged.counts.soft_labels, whole.counts.soft_labels);
  const evaluation a = evaluate(merged);
  const evaluation b = evaluate(whole);
  for (const panel_metric& m : a.total.metrics)
    if (m.result.value.value) {
      EXPECT_NEAR(*m.result.value.value, *b.total.find(m.entry->name)->value.value, 1e-12) << m.entry->name;
    }
  const evaluation_state back = decode_state(encode_state(whole), "s");
  EXPECT_TRUE(back.panels == whole.panels);
  EXPECT_TRUE(back.counts == whole.counts);
}

TEST(SoftLabels, LogitsKeepLossesThatProbabilitiesLose) {
  // p_1 = exp(-800) is 0 in double, its logarithm is not.
  dataset data{.name = "far", .classes = 2, .kind = score_kind::logits};
  data.push({0, -800}, 0);
  data.push({0, 0}, 0);
  const evaluation result = evaluate(measure_soft(data, {0.75, 0.25, 0.5, 0.5}));
  EXPECT_NEAR(*result.total.find("log_loss")->value.value, (0.25 * 800 + std::log(2.0)) / 2, 1e-12);
}

TEST(SoftLabels, SharesAreMadeToSumToOneWithinTheTolerance) {
  const dataset data = random_probabilities(2, 2, 91);
  const evaluation result = evaluate(measure_soft(data, {0.5, 0.4995, 0.5, 0.5}));
  EXPECT_NEAR(result.total.weight, 2, 1e-12);
  const evaluation exact = evaluate(measure_soft(data, {0.5 / 0.9995, 0.4995 / 0.9995, 0.5, 0.5}));
  EXPECT_NEAR(*result.total.find("brier")->value.value, *exact.total.find("brier")->value.value, 1e-14);
}

TEST(SoftLabels, RefusesWhatIsNoDistribution) {
  const dataset data = random_probabilities(2, 2, 92);
  const auto refused = [&](std::vector<double> second) {
    return refusal_of([&] { return measure_soft(data, {0.5, 0.5, second[0], second[1]}); });
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(refused({0.5, 0.4}), says(error_code::invalid_labels, "rows: row 1 has a soft label that sums to 0.9",
                                        "expected 1 within 0.001", "no other row is refused"));
  EXPECT_THAT(refused({1.5, -0.5}), says(error_code::invalid_labels, "row 1 has -0.5 for class \"1\""));
  EXPECT_THAT(refused({nan, 0.5}), says(error_code::invalid_labels, "row 1 has a soft label with NaN"));
  EXPECT_THAT(refused({std::numeric_limits<double>::infinity(), 0}), says(error_code::invalid_labels, "has infinity"));
  EXPECT_THAT(refused({60, 40}), says(error_code::invalid_labels, "sums to 100", "divide the percentages by 100"));
  EXPECT_THAT(refusal_of([&] { return measure_soft(data, {0.5, 0.5, 1}); }),
              says(error_code::shape_mismatch, "label shares: got 3, expected 4"));
  const evaluation_state skipped = measure_soft(data, {0.5, 0.5, 1, 1}, 1, {.on_invalid = invalid_policy::skip});
  EXPECT_EQ(skipped.counts.measured, 1U);
  EXPECT_EQ(skipped.counts.skipped[static_cast<std::size_t>(row_problem::unknown_label)], 1U);
}

TEST(SoftLabels, RepairedRowsKeepTheirShares) {
  // 0.5 + 0.5000005 misses 1 by less than the tolerance; 1.0000005 is clipped; 2 + 2 is divided by its sum on request.
  dataset data{.name = "repair", .classes = 2};
  data.push({1.0000005, 0}, 0);
  data.push({2, 2}, 0);
  data.push({0.25, 0.75}, 0);
  const std::vector<double> shares = {0.75, 0.25, 0.5, 0.5, 0, 1};
  const evaluation result =
      evaluate(measure_soft(data, shares, 1, {.on_invalid = invalid_policy::error, .renormalize = true}));
  EXPECT_EQ(result.counts.measured, 3U);
  EXPECT_NEAR(*result.total.find("accuracy")->value.value, (0.75 + 0.5 + 1) / 3, 1e-12);
}

}  // namespace
}  // namespace calibrant::testing
