// Comparisons: what a difference is, by hand; what it does not depend on; what is said where there is none.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <calibrant/evaluation/comparison.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/row_alignment.hpp>
#include <calibrant/io/comparison_json.hpp>

#include "evaluation/detail/paired_squares.hpp"
#include "support/noisy_models.hpp"
#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

using ::testing::HasSubstr;

const paired_difference& of(const comparison& result, std::string_view metric, std::size_t pair = 0) {
  for (const paired_difference& d : result.pairs[pair].differences)
    if (d.entry->name == metric) return d;
  throw std::out_of_range(std::string(metric));
}

/// All that is shown, as text.
std::string shown(const comparison& result) { return comparison_json(result, {.command = "", .simd = ""}); }

TEST(Comparison, DifferencesByHand) {
  const answers a{.p = {0.5, 0.8, 0.1, 0.4}, .labels = {1, 1, 0, 1}};
  const answers b{.p = {0.6, 0.7, 0.05, 0.6}, .labels = {1, 1, 0, 1}};
  const comparison result = comparison_of(a, b);
  // -ln p_y of b less that of a: ln(5/6), ln(8/7), ln(18/19), ln(2/3).
  const std::vector<double> d = {std::log(5.0 / 6), std::log(8.0 / 7), std::log(18.0 / 19), std::log(2.0 / 3)};
  const double mean = (d[0] + d[1] + d[2] + d[3]) / 4;
  double squares = 0;
  for (const double x : d) squares += (x - mean) * (x - mean);
  const double error = std::sqrt(squares / 3 / 4);
  EXPECT_NEAR(*of(result, "log_loss").value.value, mean, 1e-14);
  EXPECT_NEAR(*of(result, "log_loss").standard_error.value, error, 1e-14);
  EXPECT_NEAR(of(result, "log_loss").uncertainty.bounds->lower, mean - 1.959963984540054 * error, 1e-13);
  EXPECT_NEAR(*of(result, "log_loss").p_value.value, std::erfc(std::abs(mean) / error / std::sqrt(2.0)), 1e-13);
  // 2 (1 - p_y)^2 each: .32 - .5, .18 - .08, .005 - .02, .32 - .72.
  EXPECT_NEAR(*of(result, "brier").value.value, (-0.18 + 0.10 - 0.015 - 0.40) / 4, 1e-14);
  // Ties go to class 0: a is wrong in rows 0 and 3, b nowhere. McNemar: 2 of 2, twice a quarter.
  EXPECT_NEAR(*of(result, "accuracy").value.value, 0.5, 1e-15);
  EXPECT_NEAR(*of(result, "accuracy").p_value.value, 0.5, 1e-14);
  EXPECT_THAT(of(result, "accuracy").uncertainty.reason, HasSubstr("only 2 rows"));
  EXPECT_FALSE(of(result, "ece").uncertainty.bounds) << "no interval of a biased value";
  EXPECT_EQ(result.tests, 4U);
}

TEST(Comparison, McNemarIsTheExactBinomial) {
  // 12 rows that a alone has right, 4 that b alone has: 2 P(Bin(16, 1/2) <= 4) = 2 (1 + 16 + 120 + 560 + 1820) / 65536.
  answers a;
  answers b;
  for (int i = 0; i < 40; ++i) {
    a.p.push_back(i < 12 ? 0.9 : i < 16 ? 0.2 : 0.8);
    b.p.push_back(i < 12 ? 0.3 : 0.7);
    a.labels.push_back(1);
    b.labels.push_back(1);
  }
  const comparison result = comparison_of(a, b);
  EXPECT_NEAR(*of(result, "accuracy").value.value, -8.0 / 40, 1e-15);
  EXPECT_NEAR(*of(result, "accuracy").p_value.value, 2 * 2517.0 / 65536, 1e-13);
  EXPECT_TRUE(of(result, "accuracy").uncertainty.bounds);
}

TEST(Comparison, ModelsHaveTheNumbersOfAnEvaluation) {
  const auto [a, b] = draw_answers(700, {.noise = 1, .factor = 1.5}, {.noise = 1.4}, 3);
  comparison_options options;
  options.bins = 10;
  const comparison result = comparison_of(a, b, options);
  std::vector<double> rows;
  for (const double p : b.p) rows.insert(rows.end(), {1 - p, p});
  thread_pool pool(1);
  evaluation_config config{.classes = class_names::indexed(2), .kind = score_kind::probabilities, .bins = 10};
  evaluator pass(config, {}, pool);
  pass.accumulate(
      {.values = probabilities(basic_matrix_view<double>::contiguous(rows.data(), 700, 2)), .labels = b.labels});
  evaluation_options shown_metrics;
  for (const metric_entry* entry : model_metrics()) shown_metrics.metrics.emplace_back(entry->name);
  const evaluation alone =
      evaluate(pass.finish({{.path = "b", .rows = 700, .sha256 = {}}}, {}, {}, false), shown_metrics);
  for (std::size_t m = 0; m < model_metrics().size(); ++m) {
    const estimate& got = result.models[1].metrics[m].result;
    const estimate& expected = alone.total.metrics[m].result;
    EXPECT_EQ(got.value, expected.value) << model_metrics()[m]->name;
    EXPECT_EQ(got.uncertainty.bounds, expected.uncertainty.bounds) << model_metrics()[m]->name;
  }
  // And the differences are those of the values.
  for (std::size_t m = 0; m < 4; ++m)
    EXPECT_NEAR(*result.pairs[0].differences[m].value.value,
                *result.models[1].metrics[m].result.value.value - *result.models[0].metrics[m].result.value.value,
                1e-12);
}

TEST(Comparison, FrequencyWeightsAreRepetition) {
  auto [a, b] = draw_answers(400, {.noise = 1}, {.noise = 1.3, .factor = 1.6}, 4);
  std::mt19937 random(1);
  answers repeated_a;
  answers repeated_b;
  for (std::size_t i = 0; i < a.p.size(); ++i) {
    const unsigned m = random() % 4;
    a.weights.push_back(m);
    b.weights.push_back(m);
    for (unsigned j = 0; j < m; ++j) {
      repeated_a.p.push_back(a.p[i]);
      repeated_b.p.push_back(b.p[i]);
      repeated_a.labels.push_back(a.labels[i]);
      repeated_b.labels.push_back(b.labels[i]);
    }
  }
  const comparison weighted = comparison_of(a, b);
  const comparison repeated = comparison_of(repeated_a, repeated_b);
  EXPECT_EQ(weighted.weight, repeated.weight);
  for (const char* const metric : {"log_loss", "brier", "accuracy"}) {
    EXPECT_NEAR(*of(weighted, metric).value.value, *of(repeated, metric).value.value, 1e-13);
    EXPECT_NEAR(*of(weighted, metric).standard_error.value, *of(repeated, metric).standard_error.value, 1e-13);
    EXPECT_NEAR(*of(weighted, metric).p_value.value, *of(repeated, metric).p_value.value, 1e-12);
  }
  EXPECT_NEAR(*of(weighted, "ece_l2_squared").value.value, *of(repeated, "ece_l2_squared").value.value, 1e-13);
  // Other draws of as many rows: 1,000 replicates know a standard error to 1 / sqrt(2000), and seven of these are 16 %.
  EXPECT_NEAR(
      *of(weighted, "ece_l2_squared").standard_error.value / *of(repeated, "ece_l2_squared").standard_error.value, 1,
      0.16);
}

TEST(Comparison, ImportanceWeightsAreLinearised) {
  auto [a, b] = draw_answers(300, {.noise = 1}, {.noise = 1.3}, 5);
  double W = 0;
  double sum = 0;
  std::vector<double> d;
  for (std::size_t i = 0; i < 300; ++i) {
    a.weights.push_back(0.5 + static_cast<double>(i % 5));
    const double p_a = a.labels[i] == 1 ? a.p[i] : 1 - a.p[i];
    const double p_b = b.labels[i] == 1 ? b.p[i] : 1 - b.p[i];
    d.push_back(std::log(p_a) - std::log(p_b));
    W += a.weights[i];
    sum += a.weights[i] * d[i];
  }
  b.weights = a.weights;
  double squares = 0;
  for (std::size_t i = 0; i < 300; ++i) squares += std::pow(a.weights[i] * (d[i] - sum / W), 2);
  comparison_options options;
  options.weights = weight_kind::importance;
  const comparison result = comparison_of(a, b, options);
  EXPECT_NEAR(*of(result, "log_loss").value.value, sum / W, 1e-12);
  EXPECT_NEAR(*of(result, "log_loss").standard_error.value, std::sqrt(squares) / W, 1e-12);
  // Weights all alike change nothing.
  for (double& w : a.weights) w = 2;
  b.weights = a.weights;
  const comparison alike = comparison_of(a, b, options);
  a.weights.clear();
  b.weights.clear();
  const comparison plain = comparison_of(a, b);
  EXPECT_NEAR(*of(alike, "ece_l2_squared").value.value, *of(plain, "ece_l2_squared").value.value, 1e-12);
  EXPECT_NEAR(*of(alike, "ece_l2_squared").standard_error.value, *of(plain, "ece_l2_squared").standard_error.value,
              1e-9);
}

TEST(Comparison, QuadraticVarianceIsThatOverPairsOfRows) {
  const auto [a, b] = draw_answers(150, {.noise = 1, .factor = 1.5}, {.noise = 1.5}, 12);
  const std::vector<row_outcomes> models = {outcomes_of("a", a), outcomes_of("b", b)};
  std::vector<double> weights;
  for (std::size_t i = 0; i < 150; ++i) weights.push_back(1 + static_cast<double>(i % 3));
  constexpr std::size_t bins = 6;
  // For each model the bin, the centred residual and the weight of the bin of every row.
  struct placed {
    std::size_t bin;
    double residual;
    double bin_weight;
  };
  const auto place = [&](const row_outcomes& m) {
    std::vector<placed> rows(150);
    for (std::size_t b_index = 0; b_index < bins; ++b_index) {
      double W = 0;
      double sum = 0;
      const auto residual = [&](std::size_t i) {
        return m.confidence[i] - (m.results[i] == row_outcomes::result::right ? 1.0 : 0.0);
      };
      const auto inside = [&](std::size_t i) {
        return std::min(static_cast<std::size_t>(m.confidence[i] * bins), bins - 1) == b_index;
      };
      for (std::size_t i = 0; i < 150; ++i)
        if (inside(i)) {
          W += weights[i];
          sum += weights[i] * residual(i);
        }
      for (std::size_t i = 0; i < 150; ++i)
        if (inside(i)) rows[i] = {b_index, residual(i) - sum / W, W};
    }
    return rows;
  };
  const std::vector<placed> of_a = place(models[0]);
  const std::vector<placed> of_b = place(models[1]);
  for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance}) {
    double sum = 0;
    double W = 0;
    for (std::size_t i = 0; i < 150; ++i) {
      W += weights[i];
      for (std::size_t j = 0; j < 150; ++j) {
        if (i == j) continue;
        const auto kernel = [&](const std::vector<placed>& m) {
          return m[i].bin == m[j].bin ? m[i].residual * m[j].residual / m[i].bin_weight : 0.0;
        };
        const double v = weights[i] * weights[j];
        sum += (kind == weight_kind::importance ? v * v : v) * std::pow(kernel(of_b) - kernel(of_a), 2);
      }
    }
    if (kind == weight_kind::frequency)  // a weight m is m rows: pairs among them count, m of m^2 do not
      for (std::size_t i = 0; i < 150; ++i) {
        const double own = of_b[i].residual * of_b[i].residual / of_b[i].bin_weight -
                           of_a[i].residual * of_a[i].residual / of_a[i].bin_weight;
        sum += weights[i] * (weights[i] - 1) * own * own;
      }
    const detail::paired_rows rows{.models = models, .weights = weights, .keys = {}, .kind = kind, .bins = bins};
    EXPECT_NEAR(detail::quadratic_variance(models[0], models[1], rows) / (2 * sum / (W * W)), 1, 1e-10);
  }
}

TEST(Comparison, ReplicatesOfSquaresNearZeroAreScaled) {
  // As drawn they would reach 1.4 times as far: both models are calibrated.
  const auto [a, b] = draw_answers(2000, {.noise = 1}, {.noise = 1}, 13);
  const paired_difference d = of(comparison_of(a, b), "ece_l2_squared");
  const double half = d.uncertainty.bounds->upper - *d.value.value;
  EXPECT_NEAR(half / *d.standard_error.value, 1.96, 0.35);
}

TEST(Comparison, ThreadsLeaveNoTrace) {
  const auto [a, b] = draw_answers(30'000, {.noise = 1}, {.noise = 1, .factor = 1.2}, 6);
  comparison_options options;
  options.replicates = 50;
  EXPECT_EQ(shown(comparison_of(a, b, options, 1)), shown(comparison_of(a, b, options, 5)));
}

/// The rows `order` of the answers.
answers chosen(const answers& all, const std::vector<std::size_t>& order) {
  answers some;
  for (const std::size_t i : order) {
    some.p.push_back(all.p[i]);
    some.labels.push_back(all.labels[i]);
    some.keys.push_back(all.keys[i]);
  }
  return some;
}

comparison joined(const answers& a, const answers& b, const comparison_options& options) {
  std::vector<row_outcomes> models = {outcomes_of("a", a), outcomes_of("b", b)};
  EXPECT_FALSE(align_by_key(models));
  thread_pool pool(1);
  return compare(std::move(models), options, pool);
}

TEST(Comparison, RowsWithKeysMayStandInAnyOrder) {
  auto [a, b] = draw_answers(500, {.noise = 1}, {.noise = 1.2, .factor = 1.4}, 7);
  for (std::size_t i = 0; i < 500; ++i) a.keys.push_back(row_store::key_of("row " + std::to_string(i)));
  b.keys = a.keys;
  std::vector<std::size_t> order(500);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random(2);
  comparison_options options;
  options.replicates = 100;
  const std::string straight = shown(joined(a, b, options));
  std::shuffle(order.begin(), order.end(), random);
  const answers other = chosen(b, order);
  EXPECT_EQ(shown(joined(a, other, options)), straight);
  std::shuffle(order.begin(), order.end(), random);
  EXPECT_EQ(shown(joined(chosen(a, order), other, options)), straight);
}

TEST(Comparison, InfiniteLosses) {
  // Row 0: both infinite; row 1: finite in both.
  answers a{.p = {0, 0.8, 0.7}, .labels = {1, 1, 1}};
  answers b{.p = {0, 0.9, 0.8}, .labels = {1, 1, 1}};
  const comparison both = comparison_of(a, b);
  EXPECT_NEAR(*of(both, "log_loss").value.value, (std::log(8.0 / 9) + std::log(7.0 / 8)) / 3, 1e-14);
  EXPECT_TRUE(std::any_of(both.warnings.begin(), both.warnings.end(),
                          [](const evaluation_warning& w) { return w.code == "infinite_in_both"; }));
  b.p[1] = 0;
  const comparison one = comparison_of(a, b);
  EXPECT_FALSE(of(one, "log_loss").value.value);
  EXPECT_FALSE(of(one, "log_loss").p_value.value);
  EXPECT_EQ(of(one, "log_loss").value.reason, "infinite: the loss of the model alone is infinite on 1 row");
  EXPECT_EQ(one.tests, 3U) << "what has no p-value is no test";
  EXPECT_TRUE(std::any_of(one.warnings.begin(), one.warnings.end(),
                          [](const evaluation_warning& w) { return w.code == "infinite_difference"; }));
  a.p[2] = 0;
  EXPECT_THAT(of(comparison_of(a, b), "log_loss").value.reason, HasSubstr("not defined"));
  comparison_options floored;
  floored.log_floor = 1e-15;
  EXPECT_NEAR(*of(comparison_of(a, b, floored), "log_loss").value.value,
              (std::log(0.8) - std::log(1e-15) + std::log(1e-15) - std::log(0.8)) / 3, 1e-12);
}

TEST(Comparison, EqualModelsDoNotDiffer) {
  const auto [a, b] = draw_answers(300, {}, {}, 8);
  const comparison result = comparison_of(a, a);
  for (const char* const metric : {"log_loss", "brier", "accuracy", "ece_l2_squared"}) {
    EXPECT_EQ(of(result, metric).value, figure(0.0)) << metric;
    EXPECT_EQ(of(result, metric).p_value, figure(1.0)) << metric;
    EXPECT_FALSE(of(result, metric).uncertainty.bounds) << metric;
  }
  EXPECT_THAT(result.pairs[0].verdict, HasSubstr("no difference that is more than chance"));
}

TEST(Comparison, VerdictsRestOnAdjustedValues) {
  const auto [a, b] = draw_answers(3000, {.noise = 2, .factor = 2.5}, {.noise = 0.3}, 9);
  const comparison result = comparison_of(a, b);
  EXPECT_EQ(result.pairs[0].verdict, "b is better than a in log loss, Brier score, accuracy and calibration");
  EXPECT_EQ(comparison_of(b, a).pairs[0].verdict,
            "b is worse than a in log loss, Brier score, accuracy and calibration");
}

TEST(Comparison, PairsAreWithTheFirstOrAll) {
  const auto [a, b] = draw_answers(50, {}, {}, 10);
  std::vector<row_outcomes> models = {outcomes_of("a", a), outcomes_of("b", b), outcomes_of("c", a)};
  thread_pool pool(1);
  comparison_options options;
  options.replicates = 2;
  EXPECT_EQ(compare(models, options, pool).pairs.size(), 2U);
  options.all_pairs = true;
  const comparison all = compare(models, options, pool);
  ASSERT_EQ(all.pairs.size(), 3U);
  EXPECT_EQ(all.pairs[2].baseline, 1U);
  EXPECT_EQ(all.tests, 12U);
}

TEST(Comparison, RowsThatSomeModelLacksAreLeftOutOfAll) {
  auto [a, b] = draw_answers(300, {}, {}, 11);
  answers a_rest = a;
  answers b_rest = b;
  for (answers* each : {&a_rest, &b_rest}) {
    each->p.erase(each->p.begin() + 7);
    each->labels.erase(each->labels.begin() + 7);
  }
  b.p[7] = std::numeric_limits<double>::quiet_NaN();
  thread_pool pool(1);
  std::vector<row_outcomes> models = {outcomes_of("a", a),
                                      outcomes_of("b", b, 1, {.on_invalid = invalid_policy::skip})};
  const comparison result = compare(std::move(models), {}, pool);
  EXPECT_EQ(result.rows, 299U);
  EXPECT_EQ(result.left_out, 1U);
  EXPECT_EQ(of(result, "log_loss").value, of(comparison_of(a_rest, b_rest), "log_loss").value);
}

TEST(Comparison, RefusesOtherRows) {
  const answers a{.p = {0.5, 0.8}, .labels = {1, 0}};
  answers b{.p = {0.5, 0.8}, .labels = {1, 1}};
  EXPECT_THAT(refusal_of([&] { return comparison_of(a, b); }),
              says(error_code::invalid_labels, "b: row 1 has the label \"1\", but row 1 of a has \"0\"", "--id"));
  b = {.p = {0.5}, .labels = {1}};
  EXPECT_THAT(refusal_of([&] { return comparison_of(a, b); }),
              says(error_code::shape_mismatch, "b: has 1 rows, but a has 2"));
  answers weighted = a;
  weighted.weights = {1, 2.5};
  answers other = a;
  other.weights = {1, 2};
  EXPECT_THAT(refusal_of([&] { return comparison_of(weighted, other); }),
              says(error_code::invalid_weights, "b: row 1 has the weight 2, but row 1 of a has 2.5"));
  thread_pool pool(1);
  EXPECT_THAT(refusal_of([&] { return compare({outcomes_of("a", a)}, {}, pool); }),
              says(error_code::invalid_argument, "got 1 model", "at least two"));
}

TEST(Comparison, FindsRowsWithoutPartner) {
  answers a{.p = {0.5, 0.8, 0.4}, .labels = {1, 0, 0}, .keys = {11, 5, 7}};
  answers b = a;
  b.keys = {5, 11, 8};
  std::vector<row_outcomes> models = {outcomes_of("a", a), outcomes_of("b", b)};
  std::optional<unmatched_row> found = align_by_key(models);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->model, 1U);
  EXPECT_EQ(found->row, 2U);
  EXPECT_EQ(found->other, 0U);
  b.keys = {5, 11, 5};
  models = {outcomes_of("a", a), outcomes_of("b", b)};
  found = align_by_key(models);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->model, 1U);
  EXPECT_EQ(found->other, 1U);
  EXPECT_EQ(found->row, 2U);
}

}  // namespace
}  // namespace calibrant::testing
