// Calibrators against formulas and edge rules, one by one.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <calibrant/calibrators/beta_calibration.hpp>
#include <calibrant/calibrators/ensemble_temperature_scaling.hpp>
#include <calibrant/calibrators/folds.hpp>
#include <calibrant/calibrators/histogram_binning.hpp>
#include <calibrant/calibrators/isotonic_regression.hpp>
#include <calibrant/calibrators/linear_scaling.hpp>
#include <calibrant/calibrators/platt_scaling.hpp>
#include <calibrant/calibrators/structured_scaling.hpp>
#include <calibrant/calibrators/temperature_scaling.hpp>
#include <calibrant/calibrators/venn_abers.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/math/pool_adjacent_violators.hpp>

#include "support/refusal.hpp"

namespace calibrant {
namespace {

using testing::refusal_of;
using testing::says;

/// Rows in memory, and what can be learned from them.
struct held_rows {
  std::vector<double> scores;
  std::vector<std::int32_t> labels;
  std::size_t classes = 2;
  bool are_logits = true;
  std::vector<double> weights = {};

  [[nodiscard]] training_set set() {
    const matrix_view view = basic_matrix_view<double>::contiguous(scores.data(), labels.size(), classes);
    static thread_pool pool{2};
    return {are_logits ? class_scores(logits(view)) : class_scores(probabilities(view)), labels, weights, pool};
  }
};

/// Logits whose labels follow softmax(z / T).
held_rows with_temperature(double T, std::size_t n, std::size_t K, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 1);
  held_rows rows{.scores = {}, .labels = {}, .classes = K};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> truth(K);
    for (double& p : truth) {
      const double z = 2 * normal(random);
      rows.scores.push_back(z * T);
      p = std::exp(z);
    }
    rows.labels.push_back(std::discrete_distribution<std::int32_t>(truth.begin(), truth.end())(random));
  }
  return rows;
}

TEST(TemperatureScaling, RecoversTheTrueTemperatureFromAHundredthToAHundred) {
  for (const double T : {0.01, 0.02, 0.3, 1.0, 3.0, 30.0, 100.0}) {
    held_rows rows = with_temperature(T, 5000, 10, 11);
    const temperature_fit fit = fit_inverse_temperature(rows.set(), {});
    EXPECT_NEAR(1 / fit.beta, T, 0.03 * T);  // the data's own sampling error is about 1.3 %
    EXPECT_TRUE(fit.report.converged);
    EXPECT_LE(fit.report.iterations, 20U);
    // The slope at the end is 0 to rounding of the mean score.
    held_rows scaled = rows;
    for (double& z : scaled.scores) z *= fit.beta;
    EXPECT_NEAR(fit_inverse_temperature(scaled.set(), {}).beta, 1, 1e-9);
  }
}

TEST(TemperatureScaling, AShareOfTheRowsLeadsToTheSameNumber) {
  held_rows rows = with_temperature(2.5, 40'000, 4, 12);
  const double beta = fit_inverse_temperature(rows.set(), {}).beta;
  held_rows again = rows;  // the same rows in another order make another share
  for (std::size_t i = 0; i + 1 < again.labels.size(); i += 2) {
    std::swap(again.labels[i], again.labels[i + 1]);
    for (std::size_t k = 0; k < 4; ++k) std::swap(again.scores[i * 4 + k], again.scores[(i + 1) * 4 + k]);
  }
  EXPECT_NEAR(fit_inverse_temperature(again.set(), {}).beta, beta, 1e-12);
}

TEST(TemperatureScaling, SeparableRowsKeepOneAndSayWhy) {
  held_rows rows{.scores = {2, 0, 0, 3, 1, 0}, .labels = {0, 1, 0}, .classes = 2};
  const temperature_fit fit = fit_inverse_temperature(rows.set(), {});
  EXPECT_EQ(fit.beta, 1);
  ASSERT_EQ(fit.report.notes.size(), 1U);
  EXPECT_EQ(fit.report.notes[0].code, "separable");
  const temperature_fit allowed = fit_inverse_temperature(rows.set(), {.allow_bound = true});
  EXPECT_NEAR(allowed.beta, std::exp(10), 1e-6);
  EXPECT_EQ(allowed.report.notes[0].code, "at_bound");
}

TEST(TemperatureScaling, DecidedBeyondNumbersIsSeparableNotConstant) {
  held_rows rows{.scores = {1e4, 0, 0, 1e4}, .labels = {0, 1}, .classes = 2};
  const temperature_fit fit = fit_inverse_temperature(rows.set(), {});
  EXPECT_EQ(fit.beta, 1);
  EXPECT_EQ(fit.report.notes.at(0).code, "separable");
}

TEST(TemperatureScaling, ScoresAgainstTheirLabelsAreAsEvenAsTheyMayBe) {
  held_rows rows{.scores = {2, 0, 0, 3, 1, 0}, .labels = {1, 0, 1}, .classes = 2};
  const temperature_fit fit = fit_inverse_temperature(rows.set(), {});
  EXPECT_NEAR(fit.beta, std::exp(-10), 1e-12);
  EXPECT_EQ(fit.report.notes.at(0).code, "uninformative");
}

TEST(TemperatureScaling, ConstantRowsChangeNothing) {
  held_rows rows{.scores = {1, 1, -2, -2, 0, 0}, .labels = {0, 1, 0}, .classes = 2};
  const temperature_fit fit = fit_inverse_temperature(rows.set(), {});
  EXPECT_EQ(fit.beta, 1);
  EXPECT_EQ(fit.report.notes.at(0).code, "constant_scores");
  EXPECT_NEAR(fit.report.loss_before.value(), std::log(2), 1e-15);
}

TEST(TrainingSet, RefusesWhatCannotBeLearnedFrom) {
  held_rows one_column{.scores = {0.2, 0.4}, .labels = {0, 0}, .classes = 1};
  EXPECT_THAT(refusal_of([&] { return one_column.set().rows(); }), says(error_code::shape_mismatch, "at least 2"));
  held_rows label{.scores = {1, 2}, .labels = {2}, .classes = 2};
  EXPECT_THAT(refusal_of([&] { return label.set().rows(); }), says(error_code::invalid_labels, "row 0", "label 2"));
  held_rows weight{.scores = {1, 2}, .labels = {1}, .classes = 2, .weights = {0}};
  EXPECT_THAT(refusal_of([&] { return weight.set().rows(); }), says(error_code::invalid_weights, "row 0"));
  held_rows none{.scores = {}, .labels = {}, .classes = 2};
  EXPECT_THAT(refusal_of([&] { return none.set().rows(); }), says(error_code::no_rows, "no rows"));
  held_rows impossible{.scores = {1, 2, -INFINITY, 0}, .labels = {1, 0}, .classes = 2};
  EXPECT_THAT(refusal_of([&] { return impossible.set().rows(); }),
              says(error_code::invalid_scores, "row 1", "logit -inf"));
}

TEST(TrainingSet, TakesLogarithmsAtTheFloorOfTheType) {
  held_rows rows{.scores = {0, 1, 0.25, 0.75}, .labels = {1, 0}, .classes = 2, .are_logits = false};
  const training_set set = rows.set();
  EXPECT_EQ(set.floored(), 1U);
  EXPECT_DOUBLE_EQ(set.in_form(score_form::log_scores).at(0, 0), std::log(0x1p-1022));
  EXPECT_DOUBLE_EQ(set.in_form(score_form::log_scores).at(1, 0), std::log(0.25));
  EXPECT_DOUBLE_EQ(set.in_form(score_form::log_odds).at(1, 1), std::log(3.0));
  EXPECT_DOUBLE_EQ(set.in_form(score_form::log_odds).at(0, 1), -std::log(0x1p-1022));
}

TEST(TrainingSet, LogOddsOfLogitsDoNotCancel) {
  held_rows rows{.scores = {50, 0, -3}, .labels = {0}, .classes = 3};
  const training_set set = rows.set();
  EXPECT_NEAR(set.in_form(score_form::log_odds).at(0, 0), 50 - std::log1p(std::exp(-3.0)), 1e-13);
  EXPECT_NEAR(set.in_form(score_form::log_probabilities).at(0, 0), -std::exp(-50.0) * (1 + std::exp(-3.0)), 1e-30);
}

TEST(EnsembleTemperatureScaling, SharesMinimiseTheLossOnTheSimplex) {
  held_rows rows = with_temperature(2, 2000, 4, 21);
  for (std::size_t i = 0; i < rows.labels.size(); i += 12) rows.labels[i] = static_cast<std::int32_t>(i / 12 % 4);
  for (const ensemble_objective objective : {ensemble_objective::log_loss, ensemble_objective::brier}) {
    const fitted_map fit = fit_ensemble_temperature_scaling(rows.set(), {}, objective);
    const auto& map = dynamic_cast<const ensemble_temperature_scaling&>(*fit.map);
    const auto objective_at = [&](const std::array<double, 3>& w) {
      std::vector<double> p(rows.scores.size());
      ensemble_temperature_scaling(map.inverse_temperature(), w).apply(rows.scores, p, 4);
      double sum = 0;
      for (std::size_t i = 0; i < rows.labels.size(); ++i)
        for (std::size_t k = 0; k < 4; ++k) {
          const bool own = static_cast<std::size_t>(rows.labels[i]) == k;
          if (objective == ensemble_objective::brier)
            sum += std::pow(p[i * 4 + k] - static_cast<double>(own), 2);
          else if (own)
            sum -= std::log(p[i * 4 + k]);
        }
      return sum;
    };
    const std::array<double, 3> w = map.shares();
    EXPECT_NEAR(w[0] + w[1] + w[2], 1, 1e-14);
    const double best = objective_at(w);
    for (std::size_t from = 0; from < 3; ++from)
      for (std::size_t to = 0; to < 3; ++to) {
        std::array<double, 3> moved = w;
        const double step = std::min(1e-3, moved[from]);
        moved[from] -= step;
        moved[to] += step;
        EXPECT_GE(objective_at(moved), best - 1e-9);
      }
  }
}

/// The mean log loss of a map on its rows.
double loss_of(const calibration_map& map, held_rows& rows) {
  const training_set set = rows.set();
  std::vector<double> p(rows.scores.size());
  std::vector<double> form(rows.scores.size());
  const matrix_view& view = set.in_form(map.reads(), map.keeps_zeros());
  for (std::size_t i = 0; i < set.rows(); ++i)
    for (std::size_t k = 0; k < rows.classes; ++k) form[i * rows.classes + k] = view.at(i, k);
  map.apply(form, p, rows.classes);
  double sum = 0;
  for (std::size_t i = 0; i < set.rows(); ++i)
    sum -= std::log(p[i * rows.classes + static_cast<std::size_t>(rows.labels[i])]);
  return sum / static_cast<double>(set.rows());
}

TEST(VectorScaling, TheGradientAtTheEndIsZero) {
  held_rows rows = with_temperature(2, 1500, 6, 31);
  const fitted_map fit = fit_vector_scaling(rows.set());
  EXPECT_TRUE(fit.report.converged);
  const auto& map = dynamic_cast<const vector_scaling&>(*fit.map);
  EXPECT_NEAR(std::accumulate(map.offsets().begin(), map.offsets().end(), 0.0), 0, 1e-12);
  const double best = loss_of(map, rows);
  EXPECT_NEAR(best, fit.report.loss_after.value(), 1e-9);
  constexpr double h = 1e-4;
  for (std::size_t k = 0; k < 6; ++k)
    for (const double step : {-h, h}) {
      std::vector<double> v = map.slopes();
      v[k] += step;
      EXPECT_GE(loss_of(vector_scaling(v, map.offsets()), rows), best - 1e-9);
      std::vector<double> b = map.offsets();
      b[k] += step;
      EXPECT_GE(loss_of(vector_scaling(map.slopes(), b), rows), best - 1e-9);
    }
}

TEST(MatrixScaling, ContainsVectorScalingAndAHundredClassesFit) {
  held_rows rows = with_temperature(2, 2000, 4, 41);
  const double vector = fit_vector_scaling(rows.set()).report.loss_after.value();
  const double matrix =
      fit_matrix_scaling(rows.set(), score_form::log_scores, matrix_penalty::none, {}).report.loss_after.value();
  EXPECT_LE(matrix, vector + 1e-7);
  held_rows many = with_temperature(1.5, 3000, 100, 42);
  linear_options given;
  given.lambda = 10;
  given.mu = 1;
  const fitted_map fit = fit_matrix_scaling(many.set(), score_form::log_scores, matrix_penalty::odir, given);
  EXPECT_TRUE(fit.report.converged) << fit.report.gradient;
  EXPECT_LT(fit.report.loss_after.value(), std::log(100.0));
}

TEST(MatrixScaling, OfTwoClassesWithSmoothedTargetsIsPlatts) {
  held_rows rows = with_temperature(2, 800, 2, 43);
  const fitted_map matrix = fit_smoothed_matrix_scaling(rows.set());
  std::vector<double> p(rows.scores.size());
  matrix.map->apply(rows.scores, p, 2);
  const fitted_map platt = fit_platt_scaling(rows.set(), sigmoid_input::log_odds);
  const training_set set = rows.set();
  std::vector<double> odds(rows.scores.size());
  for (std::size_t j = 0; j < odds.size(); ++j) odds[j] = set.in_form(score_form::log_odds).at(j / 2, j % 2);
  std::vector<double> q(odds.size());
  platt.map->apply(odds, q, 2);
  // A matrix of two classes may tell the two logits apart beyond their difference, so it is near, not equal.
  double off = 0;
  for (std::size_t j = 0; j < p.size(); ++j) off = std::max(off, std::abs(p[j] - q[j]));
  EXPECT_LT(off, 0.05);
}

TEST(StructuredScaling, FewRowsAreHeldNearTheTemperature) {
  held_rows few = with_temperature(2, 60, 10, 51);
  const auto distance = [&](const fitted_map& fit) {
    const fitted_map first = fit_mixed_temperature_scaling(few.set(), {});
    std::vector<double> p(few.scores.size());
    std::vector<double> q(few.scores.size());
    fit.map->apply(few.scores, p, 10);
    first.map->apply(few.scores, q, 10);
    double sum = 0;
    for (std::size_t j = 0; j < p.size(); ++j) sum += std::abs(p[j] - q[j]);
    return sum;
  };
  const double held = distance(fit_structured_scaling(few.set(), true));
  const double free = distance(fit_matrix_scaling(few.set(), score_form::log_scores, matrix_penalty::none, {}));
  EXPECT_GT(held, 0);
  EXPECT_LT(held, free / 5);
}

held_rows one_column(std::vector<double> p, std::vector<std::int32_t> labels) {
  held_rows rows{.scores = {}, .labels = std::move(labels), .classes = 2, .are_logits = false};
  for (const double x : p) rows.scores.insert(rows.scores.end(), {1 - x, x});
  return rows;
}

TEST(IsotonicRegression, PoolsViolatorsAndTiesAndInterpolates) {
  // Means .25 (1 of 4) at .1, then .5 pooled with 0 at .4 and .6 to 1/3, then 1 at .9.
  held_rows rows = one_column({0.1, 0.1, 0.1, 0.1, 0.4, 0.4, 0.6, 0.9}, {0, 1, 0, 0, 0, 1, 0, 1});
  const fitted_map fit = fit_isotonic_regression(rows.set(), {});
  const knot_curve& curve = dynamic_cast<const isotonic_regression&>(*fit.map).curves().at(0);
  EXPECT_THAT(curve.x(), ::testing::ElementsAre(0.1, 0.4, 0.6, 0.9));
  EXPECT_THAT(curve.y(), ::testing::ElementsAre(0.25, 1.0 / 3, 1.0 / 3, 1.0));
  EXPECT_DOUBLE_EQ(curve.at(0.25, curve_shape::interpolated), (0.25 + 1.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(curve.at(0.25, curve_shape::stepwise), 0.25);
  EXPECT_EQ(curve.at(0, curve_shape::interpolated), 0.25);
  EXPECT_EQ(curve.at(1, curve_shape::interpolated), 1);
  const fitted_map smooth = fit_isotonic_regression(rows.set(), {.smooth_ends = true});
  const knot_curve& ends = dynamic_cast<const isotonic_regression&>(*smooth.map).curves().at(0);
  EXPECT_DOUBLE_EQ(ends.y().front(), 2.0 / 6);
  EXPECT_DOUBLE_EQ(ends.y().back(), 2.0 / 3);
}

TEST(HistogramBinning, ValuesAreSharesAndEmptyBinsFollowTheirRule) {
  held_rows rows = one_column({0.05, 0.1, 0.85, 0.9, 0.95}, {0, 1, 1, 1, 0});
  const auto values = [&](empty_bin empty) {
    const fitted_map fit = fit_histogram_binning(rows.set(), {.bins = 4, .empty = empty});
    return dynamic_cast<const histogram_binning&>(*fit.map).curves().at(0).values;
  };
  EXPECT_THAT(values(empty_bin::centre), ::testing::ElementsAre(0.5, 0.375, 0.625, ::testing::DoubleEq(2.0 / 3)));
  EXPECT_THAT(values(empty_bin::prior), ::testing::ElementsAre(0.5, 0.6, 0.6, ::testing::DoubleEq(2.0 / 3)));
  EXPECT_THAT(values(empty_bin::linear),
              ::testing::ElementsAre(0.5, ::testing::DoubleEq(0.5 + 1.0 / 18), ::testing::DoubleEq(0.5 + 2.0 / 18),
                                     ::testing::DoubleEq(2.0 / 3)));
  const fitted_map mass = fit_histogram_binning(rows.set(), {.bins = 2, .division = bin_division::mass});
  const binned_curve& curve = dynamic_cast<const histogram_binning&>(*mass.map).curves().at(0);
  EXPECT_THAT(curve.edges,
              ::testing::ElementsAre(0, ::testing::DoubleEq(0.875), 1));  // 3 and 2 rows, as array_split cuts
  EXPECT_THAT(curve.values, ::testing::ElementsAre(::testing::DoubleEq(2.0 / 3), 0.5));
}

TEST(HistogramBinning, LearnsAndMapsByOneRuleAtAnEdge) {
  held_rows rows = one_column({0.25, 0.25, 0.75}, {0, 1, 1});
  const fitted_map fit = fit_histogram_binning(rows.set(), {.bins = 4});
  std::vector<double> p(2);
  fit.map->apply(std::vector<double>{0.75, 0.25}, p, 2);
  EXPECT_EQ(p[1], 0.5);  // .25 belongs to the bin that it begins
}

TEST(BetaCalibration, SlopesAreNeverNegative) {
  held_rows rows = one_column({0.1, 0.2, 0.3, 0.6, 0.8, 0.9}, {1, 1, 0, 1, 0, 0});
  const fitted_map fit = fit_beta_calibration(rows.set(), beta_parameters::abm);
  const beta_calibration::curve& curve = dynamic_cast<const beta_calibration&>(*fit.map).curves().at(0);
  EXPECT_GE(curve.a, 0);
  EXPECT_GE(curve.b, 0);
  std::vector<double> p(4);
  fit.map->apply(std::vector<double>{1, 0, 0, 1}, p, 2);
  for (const double x : p) EXPECT_TRUE(x >= 0 && x <= 1);
}

/// The isotonic value at a score after a row of this score has been added, by isotonic regression of all rows.
double isotonic_value_at(std::vector<std::pair<double, double>> rows, double score, double label) {
  rows.emplace_back(score, label);
  std::sort(rows.begin(), rows.end());
  std::vector<double> values;
  std::vector<double> weights;
  std::vector<double> sums;
  for (const auto& [x, y] : rows) {
    if (values.empty() || values.back() != x) {
      values.push_back(x);
      weights.push_back(0);
      sums.push_back(0);
    }
    weights.back() += 1;
    sums.back() += y;
  }
  for (const isotonic_block& block : isotonic_blocks(weights, sums))
    if (values[block.last - 1] >= score) return block.sum / block.weight;
  return -1;
}

TEST(VennAbers, IsIsotonicRegressionWithTheRowAddedBothWays) {
  std::mt19937_64 random(71);
  for (int trial = 0; trial < 40; ++trial) {
    const std::size_t n = 1 + random() % 40;
    std::vector<std::pair<double, double>> rows;
    std::vector<double> p;
    std::vector<std::int32_t> labels;
    for (std::size_t i = 0; i < n; ++i) {
      p.push_back(static_cast<double>(random() % 17) / 16);
      labels.push_back(static_cast<std::int32_t>(random() % 100 < 20 + 60 * static_cast<std::uint64_t>(p.back())));
      rows.emplace_back(p.back(), labels.back());
    }
    held_rows held = one_column(p, labels);
    const fitted_map fit = fit_venn_abers(held.set(), {});
    const std::span<const venn_abers_curve> curves = dynamic_cast<const venn_abers&>(*fit.map).curves_of(1);
    const venn_abers_curve& curve = curves.front();
    for (int s = -1; s <= 33; ++s) {
      const double score = static_cast<double>(s) / 32;
      const venn_abers_pair pair = curve.at(score);
      EXPECT_NEAR(pair.p0, isotonic_value_at(rows, score, 0), 1e-12) << "n = " << n << ", score " << score;
      EXPECT_NEAR(pair.p1, isotonic_value_at(rows, score, 1), 1e-12) << "n = " << n << ", score " << score;
      EXPECT_LE(pair.p0, merged_probability(curves, score) + 1e-12);
      EXPECT_LE(merged_probability(curves, score), pair.p1 + 1e-12);
    }
  }
}

TEST(StratifiedFolds, SpreadManyEqualRows) {
  held_rows rows = with_temperature(1, 500, 3, 63);
  for (std::size_t i = 0; i < 500; ++i) {
    rows.scores.insert(rows.scores.end(), {40.0, 0.0, 0.0});
    rows.labels.push_back(0);
  }
  const std::vector<std::uint8_t> fold = stratified_folds(rows.set(), 5, 3);
  std::array<std::size_t, 5> sizes{};
  for (std::size_t i = 500; i < 1000; ++i) ++sizes[fold[i]];
  for (const std::size_t size : sizes) EXPECT_NEAR(static_cast<double>(size), 100, 8);
}

TEST(StratifiedFolds, KeepRowsOfAKeyTogetherInAnyOrder) {
  held_rows rows = with_temperature(1, 600, 4, 62);
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) keys.push_back(i % 97);
  const auto folds_of = [](held_rows& held, const std::vector<std::uint64_t>& of) {
    thread_pool pool(2);
    return stratified_folds(training_set(held.set().values(), held.labels, {}, pool, of), 5, 3);
  };
  const std::vector<std::uint8_t> fold = folds_of(rows, keys);
  std::array<std::size_t, 5> sizes{};
  for (std::size_t i = 0; i < fold.size(); ++i) {
    EXPECT_EQ(fold[i], fold[i % 97]) << "row " << i;
    ++sizes[fold[i]];
  }
  for (const std::size_t size : sizes) EXPECT_GT(size, 60u);
  std::vector<std::uint64_t> turned_keys(keys.rbegin(), keys.rend());
  held_rows turned = rows;
  std::reverse(turned.labels.begin(), turned.labels.end());
  for (std::size_t i = 0; i < rows.labels.size(); ++i)
    std::copy_n(rows.scores.begin() + static_cast<std::ptrdiff_t>(4 * i), 4,
                turned.scores.end() - static_cast<std::ptrdiff_t>(4 * (i + 1)));
  const std::vector<std::uint8_t> back = folds_of(turned, turned_keys);
  EXPECT_TRUE(std::equal(fold.begin(), fold.end(), back.rbegin()));
}

TEST(StratifiedFolds, DealEveryClassEvenlyAndEqualRowsTogether) {
  held_rows rows = with_temperature(1, 503, 5, 61);
  for (std::size_t k = 0; k < 5; ++k) rows.scores.push_back(rows.scores[k]);  // row 0 again
  rows.labels.push_back(rows.labels[0]);
  const training_set set = rows.set();
  const std::vector<std::uint8_t> fold = stratified_folds(set, 5, 3);
  EXPECT_EQ(fold.front(), fold.back());
  EXPECT_NE(fold, stratified_folds(set, 5, 4));
  for (std::int32_t k = 0; k < 5; ++k) {
    std::array<int, 5> count{};
    for (std::size_t i = 0; i < fold.size(); ++i)
      if (rows.labels[i] == k) ++count[fold[i]];
    EXPECT_LE(*std::max_element(count.begin(), count.end()) - *std::min_element(count.begin(), count.end()), 2);
  }
}

}  // namespace
}  // namespace calibrant
