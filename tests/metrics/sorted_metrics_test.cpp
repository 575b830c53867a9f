// Metrics over sorted confidences against plain definitions, at the edges of what they can be asked, and in the bounded
// form of the store within its stated error.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/metrics/adaptive_calibration_error.hpp>
#include <calibrant/metrics/corp_decomposition.hpp>
#include <calibrant/metrics/hosmer_lemeshow.hpp>
#include <calibrant/metrics/kolmogorov_smirnov_error.hpp>
#include <calibrant/metrics/maximum_mean_calibration_error.hpp>
#include <calibrant/metrics/smooth_calibration_error.hpp>
#include <calibrant/metrics/sweep_calibration_error.hpp>
#include <calibrant/stats/confidence_store.hpp>
#include <calibrant/stats/smoothed_residuals.hpp>

namespace calibrant::testing {
namespace {

struct rows {
  std::vector<double> confidence;
  std::vector<double> hit;

  [[nodiscard]] sorted_forecasts sorted() const { return sorted_forecasts::of(confidence, hit); }
  void push(double c, bool right) {
    confidence.push_back(c);
    hit.push_back(right ? 1 : 0);
  }
};

/// Confidences spread over (0.3, 1); right with probability c - over (1 - c).
rows random_rows(std::size_t n, std::uint64_t seed, double over = 0) {
  std::mt19937_64 bits(seed);
  const auto uniform = [&] { return std::ldexp(static_cast<double>(bits() >> 11), -53); };
  rows all;
  for (std::size_t i = 0; i < n; ++i) {
    const double c = 1 - 0.7 * std::pow(uniform(), 2);
    all.push(c, uniform() < c - over * (1 - c));
  }
  return all;
}

double value_of(const estimate& e) { return e.value.value.value(); }
double detail_of(const estimate& e, const std::string& name) {
  for (const auto& [key, x] : e.details)
    if (key == name) return x;
  ADD_FAILURE() << "no detail " << name;
  return std::nan("");
}

TEST(SweepEce, StopsBeforeAccuracyFirstDecreases) {
  rows all;  // two bins rise, three fall, four would rise again
  for (const auto& [c, right] : std::vector<std::pair<double, bool>>{{0.30, false},
                                                                     {0.35, false},
                                                                     {0.40, true},
                                                                     {0.45, false},
                                                                     {0.50, false},
                                                                     {0.55, false},
                                                                     {0.60, true},
                                                                     {0.65, true},
                                                                     {0.70, true},
                                                                     {0.75, true},
                                                                     {0.80, true},
                                                                     {0.85, true}})
    all.push(c, right);
  const estimate e = sweep_calibration_error(all.sorted());
  EXPECT_EQ(detail_of(e, "bins"), 3);  // four bins: accuracies 1/3, 0, 1, 1
  // bins of 4: confidences 1.5, 2.3, 3.1, hits 1, 2, 4
  EXPECT_NEAR(value_of(e), (0.5 + 0.3 + 0.9) / 12, 1e-15);
  EXPECT_NEAR(value_of(sweep_root_mean_square_error(all.sorted())),
              std::sqrt((0.125 * 0.125 + 0.075 * 0.075 + 0.225 * 0.225) / 3), 1e-15);
}

/// A model that is hardly ever wrong keeps accuracy monotone for very many bins, which must not take minutes.
TEST(SweepEce, IsQuickWhereNothingEverDecreases) {
  constexpr std::size_t n = 300'000;
  rows all;
  for (std::size_t i = 0; i < n; ++i) all.push(0.5 + 0.5 * static_cast<double>(i) / n, true);
  const auto start = std::chrono::steady_clock::now();
  const estimate right = sweep_calibration_error(all.sorted());
  EXPECT_EQ(detail_of(right, "bins"), 65536);
  all.hit[1] = 0;
  const estimate once_wrong = sweep_calibration_error(all.sorted());
  EXPECT_EQ(detail_of(once_wrong, "bins"), 65536);
  all.hit[1] = 1;
  all.hit[10] = 0;
  EXPECT_LT(detail_of(sweep_calibration_error(all.sorted()), "bins"), n / 9);
  rows levels;  // stated confidences: few values, so the same bins again and again
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t level = i % 21;
    levels.push(static_cast<double>(level) / 20, i / 21 % 21 < level);
  }
  levels.push(0.971, false);
  levels.push(0.972, false);
  EXPECT_GT(detail_of(sweep_calibration_error(levels.sorted()), "bins"), 20);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST(SweepEce, SmallestSamples) {
  rows all;
  all.push(0.7, true);
  EXPECT_EQ(detail_of(sweep_calibration_error(all.sorted()), "bins"), 1);
  EXPECT_NEAR(value_of(sweep_calibration_error(all.sorted())), 0.3, 1e-15);
  all.push(0.8, true);
  EXPECT_EQ(detail_of(sweep_calibration_error(all.sorted()), "bins"), 1);  // at most the rows less one
  all.push(0.9, true);
  EXPECT_EQ(detail_of(sweep_calibration_error(all.sorted()), "bins"), 2);
}

TEST(KuiperError, SeesGapsThatMakeUpForOneAnother) {
  rows all;
  for (int i = 0; i < 100; ++i) all.push(0.6, i < 40);  // too sure by .2
  for (int i = 0; i < 100; ++i) all.push(0.8, i < 95);  // not sure enough by .15
  const estimate ks = kolmogorov_smirnov_error(all.sorted());
  const estimate kuiper = kuiper_error(all.sorted());
  EXPECT_NEAR(value_of(ks), 0.1, 1e-15);
  EXPECT_NEAR(value_of(kuiper), 0.1, 1e-15);  // from 0 up to .1, then back to .025
  rows turned;
  for (int i = 0; i < 100; ++i) turned.push(0.6, i < 70);  // down to -.05
  for (int i = 0; i < 100; ++i) turned.push(0.8, i < 60);  // and up to +.05
  EXPECT_NEAR(value_of(kolmogorov_smirnov_error(turned.sorted())), 0.05, 1e-15);
  EXPECT_NEAR(value_of(kuiper_error(turned.sorted())), 0.1, 1e-15);
}

TEST(Mmce, IsTheSumOverAllPairs) {
  for (const bool ties : {false, true}) {
    rows all = random_rows(300, 5, 0.3);
    if (ties)
      for (double& c : all.confidence) c = std::round(c * 20) / 20;
    double sum = 0;
    for (std::size_t i = 0; i < 300; ++i)
      for (std::size_t j = 0; j < 300; ++j)
        sum += (all.confidence[i] - all.hit[i]) * (all.confidence[j] - all.hit[j]) *
               std::exp(-std::abs(all.confidence[i] - all.confidence[j]) / 0.4);
    EXPECT_NEAR(value_of(maximum_mean_calibration_error(all.sorted())), std::sqrt(sum) / 300, 1e-14);
  }
}

TEST(Corp, PartsAddUpToTheScore) {
  for (const double over : {0.0, 0.5}) {
    const rows all = random_rows(1000, 11, over);
    const sorted_forecasts sorted = all.sorted();
    const estimate miscalibration = corp_miscalibration(sorted);
    double score = 0;
    for (std::size_t i = 0; i < 1000; ++i) score += std::pow(all.confidence[i] - all.hit[i], 2) / 1000;
    EXPECT_NEAR(detail_of(miscalibration, "score"), score, 1e-13);
    EXPECT_NEAR(value_of(miscalibration) - value_of(corp_discrimination(sorted)) + value_of(corp_uncertainty(sorted)),
                score, 1e-13);
    EXPECT_GE(value_of(miscalibration), 0);
  }
}

/// Forecasts that are already isotonic means of their outcomes have nothing to recalibrate.
TEST(Corp, NothingToSaveWhereLevelsAreTrue) {
  rows all;
  for (int i = 0; i < 4; ++i) all.push(0.25, i < 1);
  for (int i = 0; i < 4; ++i) all.push(0.75, i < 3);
  EXPECT_NEAR(value_of(corp_miscalibration(all.sorted())), 0, 1e-15);
  EXPECT_NEAR(value_of(corp_discrimination(all.sorted())), 0.0625, 1e-15);
  EXPECT_NEAR(value_of(corp_uncertainty(all.sorted())), 0.25, 1e-15);
}

TEST(HosmerLemeshow, GroupsThatAreSureJoinTheirNeighbour) {
  rows all = random_rows(100, 3);
  for (int i = 0; i < 100; ++i) all.push(1, i > 0);  // half of the rows are certain, one of them wrong
  const estimate e = hosmer_lemeshow(all.sorted());
  EXPECT_TRUE(std::isfinite(value_of(e)));
  EXPECT_EQ(detail_of(e, "groups"), 5);
  rows ends;  // 10 at 0, 3 of them right, and 10 at 1, 8 right: one group of 20 that promises 10 and gets 11
  for (int i = 0; i < 10; ++i) ends.push(0, i < 3);
  for (int i = 0; i < 10; ++i) ends.push(1, i < 8);
  EXPECT_EQ(detail_of(hosmer_lemeshow(ends.sorted()), "groups"), 1);
  EXPECT_NEAR(value_of(hosmer_lemeshow(ends.sorted())), 1 / (10 * 0.5), 1e-14);
  rows sure;
  for (int i = 0; i < 20; ++i) sure.push(1, i > 4);
  EXPECT_EQ(hosmer_lemeshow(sure.sorted()).value.reason,
            "every confidence is 0 or 1: no group expects both right and wrong ones");
}

/// The integral by every row's reflected Gaussian at every point.
double plain_integral(const rows& all, double s) {
  const auto density = [&](double z) { return std::exp(-z * z / (2 * s * s)) / (s * std::sqrt(2 * std::numbers::pi)); };
  const auto points = static_cast<int>(std::ceil(100 / s));
  double sum = 0;
  for (int p = 0; p <= points; ++p) {
    const double t = static_cast<double>(p) / points;
    double r = 0;
    for (std::size_t i = 0; i < all.hit.size(); ++i) {
      const double c = all.confidence[i];
      double g = 0;
      for (int m = -4; m <= 4; ++m) g += density(t - 2 * m - c) + density(t - 2 * m + c);
      r += (all.hit[i] - c) * g;
    }
    sum += std::abs(r) * (p == 0 || p == points ? 0.5 : 1);
  }
  return sum / points / static_cast<double>(all.hit.size());
}

TEST(SmoothEce, IsTheIntegralOfReflectedGaussians) {
  for (const double over : {0.0, 0.4}) {
    const rows all = random_rows(150, 21, over);
    const sorted_forecasts sorted = all.sorted();
    smoothed_residuals residuals(sorted);
    for (const double s : {0.01, 0.03, 0.1, 0.3, 1.0})
      EXPECT_NEAR(residuals.absolute_integral(s), plain_integral(all, s), 5e-6) << s;
    const double value = value_of(smooth_calibration_error(sorted));
    EXPECT_NEAR(plain_integral(all, value), value, 5e-6);
  }
}

TEST(SmoothEce, IsContinuousInTheConfidences) {
  rows all = random_rows(400, 23, 0.2);
  const double before = value_of(smooth_calibration_error(all.sorted()));
  std::mt19937_64 bits(1);
  for (double& c : all.confidence) c = std::clamp(c + 1e-5 * (bits() % 2 == 0 ? 1 : -1), 0.0, 1.0);
  // A move of d changes the residual by d, and the smoothed one by at most d / s of its size.
  EXPECT_NEAR(value_of(smooth_calibration_error(all.sorted())), before, 1e-5 * (1 + 1 / before));
}

TEST(SmoothEce, EdgesOfItsDomain) {
  rows right;
  for (int i = 0; i < 10; ++i) right.push(1, true);
  EXPECT_EQ(value_of(smooth_calibration_error(right.sorted())), 0);
  rows wrong;
  for (int i = 0; i < 10; ++i) wrong.push(1, false);
  EXPECT_NEAR(value_of(smooth_calibration_error(wrong.sorted())), 1, 1e-6);
  rows single;
  single.push(0.5, true);
  EXPECT_NEAR(value_of(smooth_calibration_error(single.sorted())), 0.5, 1e-6);
}

confidence_store store_of(const rows& all, std::uint64_t exact_rows) {
  confidence_store store(weight_kind::frequency, exact_rows);
  std::vector<std::int32_t> prediction(all.hit.size(), 0);
  std::vector<std::int32_t> label;
  for (const double a : all.hit) label.push_back(a == 1 ? 0 : 1);
  std::vector<double> confidence = all.confidence;
  row_block block{.rows = all.hit.size(), .summaries = {}, .labels = label.data(), .weights = nullptr};
  block.summaries.confidence = confidence.data();
  block.summaries.prediction = prediction.data();
  store.accumulate(block);
  store.flush();
  return store;
}

TEST(BoundedForm, StaysWithinItsStatedError) {
  for (const double over : {0.0, 0.3}) {
    const rows all = random_rows(20'000, 31, over);
    const confidence_store exact_store = store_of(all, 1'000'000);
    const confidence_store bounded_store = store_of(all, 100);
    const sorted_forecasts& exact = exact_store.sorted();
    const sorted_forecasts& bounded = bounded_store.sorted();
    ASSERT_TRUE(exact.exact());
    ASSERT_FALSE(bounded.exact());
    const double share = bounded.largest_share();
    ASSERT_LT(share, 0.005);
    const auto difference = [&](auto metric) {
      const estimate e = metric(bounded, {});
      EXPECT_EQ(detail_of(e, "resolution"), share);
      for (const auto& [name, x] : metric(exact, {}).details) EXPECT_NE(name, "resolution");
      return std::abs(value_of(e) - value_of(metric(exact, {})));
    };
    constexpr double bin_width = 0x1p-12;  // of the widest micro-bins
    EXPECT_LE(difference(kolmogorov_smirnov_error), share);
    EXPECT_LE(difference(kuiper_error), 2 * share);
    EXPECT_LE(difference(adaptive_calibration_error), 2 * 15 * share);
    EXPECT_LE(difference(adaptive_root_mean_square_error), 2 * 15 * share);
    EXPECT_LE(difference(maximum_mean_calibration_error), bin_width);
    const double smooth = value_of(smooth_calibration_error(exact, {}));
    EXPECT_LE(difference(smooth_calibration_error), bin_width * (1 + 1 / smooth));
    EXPECT_LE(difference(corp_miscalibration), 2 * share);
    EXPECT_LE(difference(corp_uncertainty), 1e-12);
  }
}

}  // namespace
}  // namespace calibrant::testing
