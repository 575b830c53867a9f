// The squared kernel calibration error: pairs of rows by position, whatever threads, batches and groups there are.
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/metrics/kernel_calibration_error.hpp>

#include "evaluation/detail/row_pairs.hpp"
#include "support/measure.hpp"

namespace calibrant::testing {
namespace {

constexpr panel_parts with_pairs = panel_parts::all() | panel_part::kernel_pairs;

/// h of two rows by its definition.
double h(const dataset& data, std::size_t i, std::size_t j) {
  double distance = 0;
  double product = 0;
  for (std::size_t k = 0; k < data.classes; ++k) {
    const double p = data.row(i)[k];
    const double q = data.row(j)[k];
    const auto label = static_cast<std::int32_t>(k);
    distance += (p - q) * (p - q);
    product += ((data.labels[i] == label) - p) * ((data.labels[j] == label) - q);
  }
  return std::exp(-std::sqrt(distance)) * product;
}

kernel_pair_sums total_pairs(const dataset& data, measure_options options = {}) {
  options.parts = with_pairs;
  return measure(data, options).total().kernel_pairs;
}

TEST(KernelPairs, AreTheRowsTwoJAndTwoJPlusOne) {
  for (const std::size_t K : {2, 7, 8, 40}) {
    const dataset data = random_probabilities(201, K, 3 + K);
    std::vector<double> values;
    for (std::size_t i = 0; i + 1 < 201; i += 2) values.push_back(h(data, i, i + 1));
    double mean = 0;
    for (const double x : values) mean += x / 100;
    double variance = 0;
    for (const double x : values) variance += (x - mean) * (x - mean) / 99;
    const kernel_pair_sums got = total_pairs(data);
    EXPECT_EQ(got.pairs(), 100);
    EXPECT_NEAR(got.mean(), mean, 1e-14);
    EXPECT_NEAR(got.variance(), variance, 1e-13);
    const estimate e = kernel_calibration_error(got);
    EXPECT_NEAR(*e.value.value, mean, 1e-14);
    EXPECT_NEAR(*e.p_value.value, 0.5 * std::erfc(mean / std::sqrt(variance / 100) / std::sqrt(2.0)), 1e-12);
  }
}

TEST(KernelPairs, DoNotDependOnThreadsBatchesOrGroups) {
  dataset data = random_probabilities(20001, 5, 9);
  const kernel_pair_sums whole = total_pairs(data);
  EXPECT_EQ(whole.pairs(), 10000);
  for (const std::size_t threads : {1, 2, 3})
    for (const std::size_t batch : {0, 1, 7, 4096}) {
      if (batch == 1 && threads > 1) continue;
      EXPECT_EQ(total_pairs(data, {.threads = threads, .batch_rows = batch}), whole) << threads << ' ' << batch;
    }
  add_groups(data, 3, 10);
  EXPECT_EQ(total_pairs(data, {.threads = 2, .batch_rows = 1001}), whole);
  const evaluation_state grouped = measure(data, {.parts = with_pairs});
  kernel_pair_sums expected;
  for (std::size_t i = 0; i + 1 < data.rows(); i += 2)
    if (data.groups[i] == data.groups[i + 1] && data.groups[i] == 0) expected.add(h(data, i, i + 1));
  EXPECT_EQ(grouped.panels.at(data.group_names[0]).kernel_pairs.pairs(), expected.pairs());
  EXPECT_NEAR(grouped.panels.at(data.group_names[0]).kernel_pairs.mean(), expected.mean(), 1e-14);
}

TEST(KernelPairs, LoseTheRowsThatAreNotMeasured) {
  dataset data = random_probabilities(100, 3, 11);
  data.scores[3 * 10] = -1;  // row 10
  EXPECT_EQ(total_pairs(data, {.pass = {.on_invalid = invalid_policy::skip}}).pairs(), 49);
  add_integer_weights(data, 12);
  EXPECT_EQ(total_pairs(data, {.pass = {.on_invalid = invalid_policy::skip}}).pairs(), 0);
  EXPECT_FALSE(kernel_calibration_error({}).value.value);
}

TEST(KernelPairs, RowsWhosePartnerIsRefusedDoNotWait) {
  const std::vector<double> p = {0.5, 0.5};
  const std::int32_t label = 0;
  const double* const rows[] = {p.data(), p.data(), p.data(), p.data(), p.data()};
  const std::int32_t labels[] = {label, label, label, label, label};
  for (const std::uint64_t first : {0, 7, 100}) {
    detail::row_pairs pairs;
    std::size_t found = 0;
    const auto count = [&](std::size_t, std::size_t, double) { ++found; };
    // Every second row of a run of ten is missing.
    pairs.add(rows, labels, 5, 2, 0, 0, [&](std::size_t i) { return first + 2 * i; }, count);
    EXPECT_EQ(pairs.waiting(), 5U);
    pairs.forget(1, first, first + 10);
    EXPECT_EQ(pairs.waiting(), 5U) << "another source";
    pairs.forget(0, first, first + 10);
    EXPECT_EQ(pairs.waiting(), first % 2) << "a first row of odd number has its partner in the run before";
    EXPECT_EQ(found, 0U);
  }
  // The last row of a run waits for the next run, and finds its partner there.
  detail::row_pairs pairs;
  std::size_t found = 0;
  const auto count = [&](std::size_t, std::size_t, double) { ++found; };
  pairs.add(rows, labels, 3, 2, 0, 0, [](std::size_t i) { return i; }, count);
  pairs.forget(0, 0, 3);
  EXPECT_EQ(pairs.waiting(), 1U);
  pairs.add(rows, labels, 1, 2, 0, 0, [](std::size_t) { return std::uint64_t{3}; }, count);
  EXPECT_EQ(pairs.waiting(), 0U);
  EXPECT_EQ(found, 2U);
}

TEST(KernelPairs, OfLogitsAreThoseOfTheirSoftmax) {
  const dataset data = random_logits(400, 6, 13);
  dataset soft = data;
  soft.kind = score_kind::probabilities;
  for (std::size_t i = 0; i < 400; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 6; ++k) sum += std::exp(data.row(i)[k]);
    for (std::size_t k = 0; k < 6; ++k) soft.scores[i * 6 + k] = std::exp(data.row(i)[k]) / sum;
  }
  EXPECT_NEAR(total_pairs(data).mean(), total_pairs(soft).mean(), 1e-13);
}

}  // namespace
}  // namespace calibrant::testing
