// The row bootstrap: what a replicate is, on what it depends, and when it gives no interval.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/evaluation/bootstrap.hpp>
#include <calibrant/evaluation/evaluation.hpp>

#include "evaluation/detail/drawn_rows.hpp"
#include "support/measure.hpp"
#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

evaluation_options asking(std::vector<std::string> metrics, std::size_t replicates, std::uint64_t seed = 0) {
  evaluation_options options;
  options.metrics = std::move(metrics);
  options.bootstrap = replicates;
  options.metric.seed = seed;
  return options;
}

evaluation bootstrapped(const dataset& data, const evaluation_options& options, measure_options measured = {}) {
  measured.parts = parts_needed(options, data.classes);
  return evaluate(measure(data, measured), options);
}

std::vector<std::uint64_t> first_keys(std::size_t n) {
  std::vector<std::uint64_t> keys(n);
  std::iota(keys.begin(), keys.end(), std::uint64_t{0});
  return keys;
}

/// How often each of n rows is in the replicate.
std::vector<std::size_t> multiplicities(const detail::drawn_rows& drawn, std::size_t n) {
  std::vector<std::size_t> counts(n);
  for (const std::uint32_t row : drawn.rows()) ++counts[row];
  return counts;
}

TEST(BootstrapDraws, ArePoissonAndIndependent) {
  constexpr std::size_t n = 400'000;
  const std::vector<std::uint64_t> keys = first_keys(n);
  std::array<detail::drawn_rows, 2> pair;
  detail::draw_pair(5, 3, keys, pair);
  std::array<std::vector<std::size_t>, 2> counts = {multiplicities(pair[0], n), multiplicities(pair[1], n)};
  // Joint counts 0 .. 4 and more of two replicates: chi-square of 25 cells, 24 degrees of freedom, above 79 with
  // probability 1e-7.
  const auto mass = [](std::size_t m) {
    double at_least = 1;
    double p = std::exp(-1.0);
    for (std::size_t k = 0; k < m; ++k) {
      at_least -= p;
      p /= static_cast<double>(k + 1);
    }
    return m == 4 ? at_least : p;
  };
  std::array<std::array<double, 5>, 5> cells{};
  for (std::size_t i = 0; i < n; ++i)
    ++cells[std::min<std::size_t>(counts[0][i], 4)][std::min<std::size_t>(counts[1][i], 4)];
  double chi_square = 0;
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = 0; b < 5; ++b) {
      const double expected = static_cast<double>(n) * mass(a) * mass(b);
      chi_square += (cells[a][b] - expected) * (cells[a][b] - expected) / expected;
    }
  EXPECT_LT(chi_square, 79);
  // Counts past the table's fast part: P(X >= 7) = 8.3e-5, 33 of 400,000 expected; 6 deviations are 34.
  const auto many =
      static_cast<double>(std::count_if(counts[0].begin(), counts[0].end(), [](std::size_t m) { return m >= 7; }));
  EXPECT_NEAR(many, 33.3, 34);
}

TEST(BootstrapDraws, LargeMultiplicitiesAreThoseOfTheLaw) {
  // u is the place in [0, 1): the first m with P(X <= m) > u.
  EXPECT_EQ(detail::poisson(0), 0U);
  double below = 0;
  double p = std::exp(-1.0);
  for (std::size_t m = 0; m < 11; ++m) {
    below += p;
    p /= static_cast<double>(m + 1);
    const double last = std::floor(below * 0x1p32);
    if (last >= 0x1p32 - 2) break;
    EXPECT_EQ(detail::poisson(static_cast<std::uint32_t>(last - 2)), m);
    EXPECT_EQ(detail::poisson(static_cast<std::uint32_t>(last + 1)), m + 1);
  }
  EXPECT_LE(detail::poisson(std::numeric_limits<std::uint32_t>::max()), detail::poisson_table::largest);
}

TEST(Bootstrap, AReplicateIsAPassOverRowsAsOftenAsDrawn) {
  const std::vector<std::string> metrics = {"accuracy", "log_loss", "brier", "ece",  "mce",        "classwise_ece",
                                            "ace",      "ks_error", "aurc",  "mmce", "smooth_ece", "top_k_accuracy"};
  for (const bool weighted : {false, true}) {
    dataset data = random_probabilities(700, 4, 11);
    if (weighted) add_real_weights(data, 12);
    const evaluation result = bootstrapped(data, asking(metrics, 2, 9));
    std::array<detail::drawn_rows, 2> pair;
    detail::draw_pair(9, 0, first_keys(data.rows()), pair);
    std::array<evaluation, 2> repeated = {evaluate(measure(data)), evaluate(measure(data))};
    for (std::size_t r = 0; r < 2; ++r) {
      const std::span<const std::uint32_t> rows = pair[r].rows();
      repeated[r] = evaluate(measure(take(data, {rows.begin(), rows.end()})), asking(metrics, 0));
    }
    for (const panel_metric& m : result.total.metrics) {
      ASSERT_TRUE(m.bootstrap && m.bootstrap->standard_error.value) << m.entry->name;
      const double a = *repeated[0].total.find(m.entry->name)->value.value;
      const double b = *repeated[1].total.find(m.entry->name)->value.value;
      EXPECT_NEAR(*m.bootstrap->standard_error.value, std::abs(a - b) / std::sqrt(2.0), 1e-14) << m.entry->name;
      EXPECT_EQ(m.bootstrap->replicates, 2U);
      EXPECT_FALSE(m.bootstrap->uncertainty.bounds);
    }
  }
}

void expect_same_bootstrap(const evaluation& a, const evaluation& b) {
  ASSERT_EQ(a.total.metrics.size(), b.total.metrics.size());
  for (std::size_t m = 0; m < a.total.metrics.size(); ++m) {
    const bootstrap_estimate& x = *a.total.metrics[m].bootstrap;
    const bootstrap_estimate& y = *b.total.metrics[m].bootstrap;
    EXPECT_EQ(x.standard_error, y.standard_error) << a.total.metrics[m].entry->name;
    EXPECT_EQ(x.uncertainty.bounds, y.uncertainty.bounds) << a.total.metrics[m].entry->name;
  }
}

TEST(Bootstrap, ThreadsAndBatchesChangeNothing) {
  const dataset data = random_probabilities(900, 5, 21);
  const evaluation_options options = asking({}, 60, 4);
  const evaluation one = bootstrapped(data, options);
  expect_same_bootstrap(one, bootstrapped(data, options, {.threads = 2, .batch_rows = 7}));
  const evaluation other = bootstrapped(data, asking({}, 60, 5));
  EXPECT_NE(one.total.metrics[0].bootstrap->standard_error, other.total.metrics[0].bootstrap->standard_error);
}

/// One pass over the rows in the given order, each named by its number in `data`.
evaluation_state measure_keyed(const dataset& data, const std::vector<std::size_t>& order, panel_parts parts) {
  const dataset shuffled = take(data, order);
  const std::vector<std::uint64_t> keys(order.begin(), order.end());
  thread_pool pool(2);
  evaluator pass(config_of(data, {.parts = parts}), {}, pool);
  const stored_scores<double> stored(shuffled);
  pass.accumulate({.values = typed_scores(stored.view(), data.kind), .labels = shuffled.labels, .keys = keys});
  return pass.finish({}, {}, {}, false);
}

TEST(Bootstrap, RowsWithNamesAreDrawnByThem) {
  const dataset data = random_probabilities(500, 3, 31);
  const evaluation_options options = asking({"accuracy", "ece", "classwise_ece", "aurc"}, 50);
  const panel_parts parts = parts_needed(options, 3);
  const evaluation in_order = evaluate(measure_keyed(data, shuffled_indices(500, 1), parts), options);
  expect_same_bootstrap(in_order, evaluate(measure_keyed(data, shuffled_indices(500, 2), parts), options));
}

TEST(Bootstrap, MergedPassesAreOnePass) {
  const dataset data = random_probabilities(400, 3, 33);
  const evaluation_options options = asking({"accuracy", "ece", "brier"}, 50);
  const panel_parts parts = parts_needed(options, 3);
  std::vector<std::size_t> all = shuffled_indices(400, 3);
  const std::vector<std::size_t> first(all.begin(), all.begin() + 150);
  const std::vector<std::size_t> rest(all.begin() + 150, all.end());
  evaluation_state merged = measure_keyed(data, rest, parts);
  merged.merge(measure_keyed(data, first, parts));
  for (auto& [name, panel] : merged.panels) panel.rows.sort();
  expect_same_bootstrap(evaluate(merged, options), evaluate(measure_keyed(data, all, parts), options));
}

TEST(Bootstrap, StandardErrorsOfMeansAreTheKnownOnes) {
  const dataset data = random_probabilities(4000, 3, 41);
  const evaluation result = bootstrapped(data, asking({"accuracy", "brier", "log_loss"}, 1000));
  const double a = *result.total.find("accuracy")->value.value;
  // The deviation over 1,000 replicates misses by 2.2 %; six times that is never seen.
  EXPECT_NEAR(*result.total.metrics[0].bootstrap->standard_error.value, std::sqrt(a * (1 - a) / 4000),
              0.14 * std::sqrt(a * (1 - a) / 4000));
  for (std::size_t m : {1, 2}) {
    const panel_metric& metric = result.total.metrics[m];
    const interval known = *metric.result.uncertainty.bounds;
    const double deviation = (known.upper - known.lower) / 2 / 1.959964;
    EXPECT_NEAR(*metric.bootstrap->standard_error.value, deviation, 0.14 * deviation) << metric.entry->name;
    ASSERT_TRUE(metric.bootstrap->uncertainty.bounds) << metric.bootstrap->uncertainty.reason;
    EXPECT_NEAR(metric.bootstrap->uncertainty.bounds->lower, known.lower, 0.5 * deviation);
    EXPECT_NEAR(metric.bootstrap->uncertainty.bounds->upper, known.upper, 0.5 * deviation);
  }
}

TEST(Bootstrap, GroupsHaveTheirOwn) {
  dataset data = random_probabilities(600, 3, 51);
  add_groups(data, 2, 52);
  data.group_names = {"a", "b"};
  const evaluation result = bootstrapped(data, asking({"accuracy"}, 200));
  ASSERT_EQ(result.groups.size(), 2U);
  const double whole = *result.total.metrics[0].bootstrap->standard_error.value;
  for (const auto& [name, group] : result.groups)
    EXPECT_GT(*group.metrics[0].bootstrap->standard_error.value, whole) << name;
}

TEST(Bootstrap, APlugInErrorNearItsLeastValueHasNoInterval) {
  dataset data = random_probabilities(500, 3, 61);
  generator random(62);  // labels anew, of the probabilities themselves
  for (std::size_t i = 0; i < data.rows(); ++i)
    data.labels[i] = random.label({data.row(i), data.row(i) + data.classes});
  const evaluation result = bootstrapped(data, asking({"ece", "accuracy"}, 400));
  EXPECT_FALSE(result.total.metrics[0].bootstrap->uncertainty.bounds);
  EXPECT_NE(result.total.metrics[0].bootstrap->uncertainty.reason.find("biased"), std::string::npos);
  EXPECT_TRUE(result.total.metrics[0].bootstrap->standard_error.value);
  EXPECT_TRUE(result.total.metrics[1].bootstrap->uncertainty.bounds);
}

TEST(Bootstrap, SaysWhyThereIsNone) {
  const dataset data = random_probabilities(100, 3, 71);
  const evaluation pairs = bootstrapped(data, asking({"skce", "accuracy"}, 50));
  EXPECT_EQ(pairs.total.metrics[0].bootstrap->uncertainty.reason,
            "it is a function of the rows themselves, which are not drawn for it");
  EXPECT_TRUE(pairs.total.metrics[1].bootstrap->standard_error.value);
  const evaluation_state sums = measure(data);
  EXPECT_THAT(refusal_of([&] { (void)evaluate(sums, asking({"ece"}, 50)); }),
              says(error_code::invalid_argument, "bootstrap: the state holds no rows"));
}

TEST(SummarizeReplicates, AnswersOnlyWhatReplicatesCanTell) {
  const auto reason = [](double value, std::vector<double> replicates) {
    return summarize_replicates(value, std::move(replicates), confidence_level(0.95)).uncertainty.reason;
  };
  const double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(reason(1, {none, 1}), "fewer than two replicates have a value");
  EXPECT_NE(reason(1, std::vector<double>(100, 1.0)).find("all replicates are equal"), std::string::npos);
  EXPECT_NE(reason(1, {0, 1, 2}).find("at least 80"), std::string::npos);
  EXPECT_EQ(reason(1, {0, std::numeric_limits<double>::infinity()}), "some replicates are infinite");

  // 0, 1, ..., 100 about 50: no bias, so plain percentiles; 2.5 % of 102 gaps is the place 1.55.
  std::vector<double> even(101);
  std::iota(even.begin(), even.end(), 0.0);
  const bootstrap_estimate result = summarize_replicates(50, even, confidence_level(0.95));
  ASSERT_TRUE(result.uncertainty.bounds);
  EXPECT_NEAR(result.uncertainty.bounds->lower, 1.55, 1e-9);
  EXPECT_NEAR(result.uncertainty.bounds->upper, 98.45, 1e-9);
  EXPECT_NEAR(*result.standard_error.value, std::sqrt(101 * 102 / 12.0), 1e-12);
  // With 45 % below, both ends move down by twice the normal quantile of .45.
  EXPECT_LT(summarize_replicates(45, even, confidence_level(0.95)).uncertainty.bounds->upper, 98);
  EXPECT_NE(reason(29, even).find("biased"), std::string::npos);
}

TEST(Bootstrap, BiasedErrorsHaveAStandardErrorAlone) {
  evaluation_options options;
  options.metrics = {"ece", "accuracy"};
  options.bootstrap = 100;
  const dataset data = random_probabilities(500, 4, 8);
  const evaluation result = evaluate(measure(data, {.parts = parts_needed(options, 4)}), options);
  const bootstrap_estimate& ece = *result.total.metrics[0].bootstrap;
  EXPECT_FALSE(ece.uncertainty.bounds);
  EXPECT_NE(ece.uncertainty.reason.find("no bootstrap interval of it holds its level"), std::string::npos);
  EXPECT_GT(*ece.standard_error.value, 0);
  EXPECT_TRUE(result.total.metrics[1].bootstrap->uncertainty.bounds);
}

}  // namespace
}  // namespace calibrant::testing
