// Selective metrics against enumeration: orders of ties, outcomes under calibration, pairs of rows, jackknife.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <calibrant/metrics/area_under_risk_coverage.hpp>
#include <calibrant/metrics/risk_coverage_curve.hpp>
#include <calibrant/metrics/risk_coverage_variants.hpp>
#include <calibrant/metrics/selective_risk.hpp>
#include <calibrant/stats/confidence_store.hpp>
#include <calibrant/stats/logit_interval.hpp>
#include <calibrant/stats/risk_coverage_area.hpp>

#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

using doubles = std::vector<double>;

struct rows {
  doubles confidence;
  doubles hits;
};

/// Over-confident rows; `grid` > 0: confidences on so many values.
rows random_rows(std::size_t n, std::uint64_t seed, int grid = 0) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return std::ldexp(static_cast<double>(random() >> 11), -53); };
  rows all;
  for (std::size_t i = 0; i < n; ++i) {
    const double c = grid > 0 ? static_cast<double>(1 + random() % static_cast<std::uint64_t>(grid)) / (grid + 1)
                              : 0.3 + 0.7 * uniform();
    all.confidence.push_back(c);
    all.hits.push_back(uniform() < 0.9 * c ? 1 : 0);
  }
  return all;
}

sorted_forecasts sorted(const rows& r, std::span<const double> weights = {},
                        weight_kind kind = weight_kind::frequency) {
  return sorted_forecasts::of(r.confidence, r.hits, weights, kind);
}

double value_of(const estimate& e) { return e.value.value.value(); }

TEST(Aurc, IsTheMeanOverAllOrdersOfTies) {
  const rows r{{0.5, 0.9, 0.9, 0.5, 0.9, 0.5, 0.7}, {1, 0, 1, 0, 1, 0, 1}};
  std::vector<std::size_t> order(r.confidence.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  double sum = 0;
  double count = 0;
  do {
    rows permuted;
    for (const std::size_t i : order) {
      permuted.confidence.push_back(r.confidence[i]);
      permuted.hits.push_back(r.hits[i]);
    }
    sum += mean_order_risk_coverage_area(permuted.confidence, permuted.hits);
    ++count;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(count, 5040);
  EXPECT_NEAR(value_of(area_under_risk_coverage(sorted(r))), sum / count, 1e-14);
}

TEST(Aurc, WithoutTiesIsTheMeanOfRisks) {
  const rows r = random_rows(500, 1);
  EXPECT_NEAR(value_of(area_under_risk_coverage(sorted(r))), mean_order_risk_coverage_area(r.confidence, r.hits),
              1e-14);
}

TEST(Aurc, LargeGroupsOfTiesAreSummedToo) {
  rows r = random_rows(3000, 2, 3);
  double sum = 0;
  double E = 0;
  double s = 0;
  for (const double c : {0.75, 0.5, 0.25}) {
    double m = 0;
    double u = 0;
    for (std::size_t i = 0; i < r.hits.size(); ++i)
      if (r.confidence[i] == c) {
        ++m;
        u += 1 - r.hits[i];
      }
    for (double j = 1; j <= m; ++j) sum += (E + u * j / m) / (s + j);
    E += u;
    s += m;
  }
  EXPECT_NEAR(value_of(area_under_risk_coverage(sorted(r))), sum / 3000, 1e-14);
}

TEST(Aurc, OfImportanceWeightsDoesNotDependOnTheirScaleAndOnesAreRows) {
  const rows r = random_rows(200, 3, 20);
  const doubles ones(200, 1.0);
  const doubles scaled(200, 0.03);
  const double plain = value_of(area_under_risk_coverage(sorted(r)));
  EXPECT_NEAR(value_of(area_under_risk_coverage(sorted(r, ones, weight_kind::importance))), plain, 1e-15);
  EXPECT_NEAR(value_of(area_under_risk_coverage(sorted(r, scaled, weight_kind::importance))), plain, 1e-14);
  const estimate one = area_under_risk_coverage(sorted(r));
  const estimate other = area_under_risk_coverage(sorted(r, scaled, weight_kind::importance));
  // n - 1 against n in the variance.
  EXPECT_NEAR(other.uncertainty.bounds->lower, one.uncertainty.bounds->lower, 1e-3);
  EXPECT_NEAR(*other.p_value.value, *one.p_value.value, 1e-12);
}

TEST(Augrc, IsTheChanceOfPairs) {
  const rows r = random_rows(150, 4, 12);
  double sum = 0;
  for (std::size_t i = 0; i < 150; ++i)
    for (std::size_t j = 0; j < 150; ++j) {
      const double together = r.confidence[i] == r.confidence[j] ? 0.5 : 0;
      sum += (1 - r.hits[i]) * (r.confidence[j] < r.confidence[i] ? 1 : together);
    }
  EXPECT_NEAR(value_of(area_under_generalized_risk_coverage(sorted(r))), sum / 150 / 150, 1e-14);
}

/// Expectation and spread over every outcome of a calibrated model.
TEST(Areas, LawUnderCalibrationIsThatOfAllOutcomes) {
  const doubles c = {0.35, 0.5, 0.5, 0.62, 0.8, 0.8, 0.8, 0.93, 0.97};
  const auto moments_of = [&](auto&& metric) {
    double mean = 0;
    double square = 0;
    for (unsigned outcome = 0; outcome < 1U << c.size(); ++outcome) {
      rows r{c, {}};
      double chance = 1;
      for (std::size_t i = 0; i < c.size(); ++i) {
        const bool hit = (outcome >> i & 1U) != 0;
        r.hits.push_back(hit ? 1 : 0);
        chance *= hit ? c[i] : 1 - c[i];
      }
      const double x = metric(sorted(r));
      mean += chance * x;
      square += chance * x * x;
    }
    return std::pair(mean, square - mean * mean);
  };
  const sorted_forecasts any = sorted({c, doubles(c.size(), 1.0)});
  const auto aurc = moments_of([](const sorted_forecasts& s) { return risk_coverage_area(s).value(); });
  EXPECT_NEAR(risk_coverage_area(any).null().expected(), aurc.first, 1e-14);
  EXPECT_NEAR(risk_coverage_area(any).null().variance(), aurc.second, 1e-14);
  const auto augrc = moments_of([](const sorted_forecasts& s) { return generalized_risk_coverage_area(s).value(); });
  EXPECT_NEAR(generalized_risk_coverage_area(any).null().expected(), augrc.first, 1e-14);
  EXPECT_NEAR(generalized_risk_coverage_area(any).null().variance(), augrc.second, 1e-14);
  const auto excess = moments_of([](const sorted_forecasts& s) { return risk_coverage_area(s).excess(); });
  EXPECT_NEAR(risk_coverage_area(any).expected_excess(), excess.first, 0.02);
  const auto trapezoid =
      moments_of([](const sorted_forecasts& s) { return value_of(area_under_risk_coverage_trapezoid(s)); });
  EXPECT_NEAR(*area_under_risk_coverage_trapezoid(any).expected_if_calibrated.value, trapezoid.first, 1e-14);
  const auto risk = moments_of([](const sorted_forecasts& s) { return value_of(risk_at_coverage(s)); });
  EXPECT_NEAR(*risk_at_coverage(any).expected_if_calibrated.value, risk.first, 1e-14);
}

/// The influence function against leaving out one row at a time.
TEST(Areas, StandardErrorsAreThoseOfTheJackknife) {
  const std::size_t n = 1500;
  const rows r = random_rows(n, 5, 200);
  doubles aurc;
  doubles excess;
  doubles augrc;
  for (std::size_t left_out = 0; left_out < n; ++left_out) {
    rows rest = r;
    rest.confidence.erase(rest.confidence.begin() + static_cast<std::ptrdiff_t>(left_out));
    rest.hits.erase(rest.hits.begin() + static_cast<std::ptrdiff_t>(left_out));
    const sorted_forecasts s = sorted(rest);
    aurc.push_back(risk_coverage_area(s).value());
    excess.push_back(risk_coverage_area(s).excess());
    augrc.push_back(generalized_risk_coverage_area(s).value());
  }
  const auto jackknife = [&](const doubles& x) {
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(n);
    double square = 0;
    for (const double value : x) square += (value - mean) * (value - mean);
    return std::sqrt(square * static_cast<double>(n - 1) / static_cast<double>(n));
  };
  const risk_coverage_area area(sorted(r));
  EXPECT_NEAR(area.standard_error() / jackknife(aurc), 1, 0.01);
  EXPECT_NEAR(area.excess_standard_error() / jackknife(excess), 1, 0.01);
  EXPECT_NEAR(generalized_risk_coverage_area(sorted(r)).standard_error() / jackknife(augrc), 1, 0.01);
}

TEST(Areas, OfTheBestAndTheWorstOrderAreTheirBounds) {
  // The larger the data, the closer to the continuous formula.
  rows best;
  rows worst;
  const std::size_t n = 100'000;
  for (std::size_t i = 0; i < n; ++i) {
    const double c = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    best.confidence.push_back(c);
    worst.confidence.push_back(c);
    best.hits.push_back(c > 0.3 ? 1 : 0);
    worst.hits.push_back(c < 0.7 ? 1 : 0);
  }
  EXPECT_NEAR(risk_coverage_area(sorted(best)).value(), best_risk_coverage_area(0.3), 1e-5);
  EXPECT_NEAR(risk_coverage_area(sorted(best)).excess(), 0, 1e-5);
  EXPECT_GT(risk_coverage_area(sorted(best)).excess(), 0);
  EXPECT_NEAR(risk_coverage_area(sorted(worst)).value(), worst_risk_coverage_area(0.3), 1e-5);
  EXPECT_NEAR(generalized_risk_coverage_area(sorted(best)).value(), 0.3 * 0.3 / 2, 1e-5);
  EXPECT_NEAR(generalized_risk_coverage_area(sorted(worst)).value(), 0.3 - 0.3 * 0.3 / 2, 1e-5);
}

TEST(Areas, WithoutErrorsOrWithoutHitsTheIntervalIsWhatTheRateLeavesPossible) {
  const doubles c = {0.5, 0.6, 0.7, 0.8, 0.9};
  const double r = 1 - std::pow(0.025, 1.0 / 5);  // Clopper-Pearson, 0 of 5
  const sorted_forecasts right = sorted({c, doubles(5, 1.0)});
  EXPECT_EQ(value_of(area_under_risk_coverage(right)), 0);
  EXPECT_EQ(area_under_risk_coverage(right).uncertainty.bounds->lower, 0);
  EXPECT_NEAR(area_under_risk_coverage(right).uncertainty.bounds->upper, r - r * std::log(r), 1e-12);
  EXPECT_NEAR(area_under_generalized_risk_coverage(right).uncertainty.bounds->upper, r - r * r / 2, 1e-12);
  EXPECT_NEAR(excess_area_under_risk_coverage(right).uncertainty.bounds->upper, std::log(2.0), 1e-12);
  const sorted_forecasts wrong = sorted({c, doubles(5, 0.0)});
  const double s = 1 - r;
  EXPECT_NEAR(value_of(area_under_risk_coverage(wrong)), 1, 1e-15);
  EXPECT_NEAR(area_under_risk_coverage(wrong).uncertainty.bounds->lower, s + (1 - s) * std::log(1 - s), 1e-12);
  EXPECT_EQ(area_under_risk_coverage(wrong).uncertainty.bounds->upper, 1);
  EXPECT_NEAR(area_under_generalized_risk_coverage(wrong).uncertainty.bounds->lower, s * s / 2, 1e-12);
  EXPECT_EQ(value_of(excess_area_under_risk_coverage(wrong)), 0);
  EXPECT_FALSE(excess_area_under_risk_coverage(wrong).uncertainty.bounds);
}

/// A micro-bin makes its rows ties; that moves the value by less than the largest share of one.
TEST(Areas, OfTheBoundedFormAreClose) {
  const rows r = random_rows(20'000, 6);
  const auto stored = [&](std::uint64_t exact_rows) {
    confidence_store store(weight_kind::frequency, exact_rows);
    std::vector<std::int32_t> prediction(r.hits.size(), 0);
    std::vector<std::int32_t> label;
    for (const double hit : r.hits) label.push_back(hit > 0 ? 0 : 1);
    doubles c = r.confidence;
    row_block block{.rows = c.size(), .summaries = {}, .labels = label.data(), .weights = nullptr};
    block.summaries.confidence = c.data();
    block.summaries.prediction = prediction.data();
    store.accumulate(block);
    store.flush();
    return store;
  };
  const confidence_store exact = stored(30'000);
  const confidence_store bounded = stored(10);
  ASSERT_TRUE(exact.sorted().exact());
  ASSERT_FALSE(bounded.sorted().exact());
  const double share = bounded.sorted().largest_share();
  ASSERT_LT(share, 0.01);
  for (const auto metric : {area_under_risk_coverage, excess_area_under_risk_coverage,
                            area_under_risk_coverage_trapezoid, area_under_generalized_risk_coverage, risk_at_coverage,
                            selective_risk, coverage_at_risk, coverage_at_threshold})
    EXPECT_NEAR(value_of(metric(bounded.sorted(), {})), value_of(metric(exact.sorted(), {})), share);
  EXPECT_NE(value_of(area_under_risk_coverage(bounded.sorted())), value_of(area_under_risk_coverage(exact.sorted())));
}

const rows hand{{0.95, 0.9, 0.9, 0.8, 0.6}, {1, 1, 0, 1, 0}};

TEST(RiskCoverageCurve, HasOnePointPerDistinctConfidence) {
  const std::vector<risk_coverage_point> curve = risk_coverage_curve(sorted(hand));
  ASSERT_EQ(curve.size(), 4U);
  const double expected[][3] = {{0.95, 0.2, 0}, {0.9, 0.6, 1.0 / 3}, {0.8, 0.8, 0.25}, {0.6, 1, 0.4}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(curve[i].threshold, expected[i][0]);
    EXPECT_DOUBLE_EQ(curve[i].coverage, expected[i][1]);
    EXPECT_DOUBLE_EQ(curve[i].risk, expected[i][2]);
  }
  EXPECT_TRUE(risk_coverage_curve({}).empty());
}

TEST(RiskAtCoverage, TakesTheFirstThresholdThatReachesIt) {
  const auto at = [](double coverage) {
    metric_options options;
    options.coverage = coverage;
    return risk_at_coverage(sorted(hand), options);
  };
  EXPECT_EQ(value_of(at(0.01)), 0);
  EXPECT_EQ(value_of(at(0.2)), 0);
  EXPECT_DOUBLE_EQ(value_of(at(0.21)), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value_of(at(0.6)), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value_of(at(0.8)), 0.25);
  EXPECT_DOUBLE_EQ(value_of(at(1)), 0.4);
  const std::vector<std::pair<std::string, double>> details = {{"threshold", 0.9}, {"coverage", 0.6}};
  EXPECT_EQ(at(0.5).details, details);
}

TEST(CoverageAtRisk, IsTheLargestWhoseRiskFits) {
  const auto at = [](double risk) {
    metric_options options;
    options.risk = risk;
    return value_of(coverage_at_risk(sorted(hand), options));
  };
  EXPECT_EQ(at(0), 0.2);
  EXPECT_EQ(at(0.24), 0.2);
  EXPECT_EQ(at(0.25), 0.8);  // though the risk is larger at coverage 0.6
  EXPECT_EQ(at(0.39), 0.8);
  EXPECT_EQ(at(0.4), 1);
  metric_options none;
  none.risk = 0;
  EXPECT_EQ(value_of(coverage_at_risk(sorted({{0.9, 0.8}, {0, 1}}), none)), 0);
}

TEST(SelectiveRisk, IsAboutTheRowsAtOrAboveTheThreshold) {
  const auto at = [](double threshold) {
    metric_options options;
    options.threshold = threshold;
    return std::pair(selective_risk(sorted(hand), options), coverage_at_threshold(sorted(hand), options));
  };
  EXPECT_DOUBLE_EQ(value_of(at(0.9).first), 1.0 / 3);
  EXPECT_DOUBLE_EQ(value_of(at(0.9).second), 0.6);
  EXPECT_EQ(value_of(at(0.91).first), 0);
  EXPECT_DOUBLE_EQ(value_of(at(0).first), 0.4);
  EXPECT_EQ(value_of(at(0).second), 1);
  EXPECT_FALSE(at(0.96).first.value.value);
  EXPECT_EQ(at(0.96).first.value.reason, "no row has a confidence of 0.96 or more");
  EXPECT_EQ(value_of(at(0.96).second), 0);
}

// torch-uncertainty 0.13 (AURC, float32) itself on these rows; the rules of the others by hand.
TEST(Variants, AreTheirPackages) {
  EXPECT_NEAR(torch_uncertainty_risk_coverage_area(hand.confidence, hand.hits), 0.1958333278695742, 1e-7);
  EXPECT_NEAR(mean_order_risk_coverage_area(hand.confidence, hand.hits), (0 + 0 + 1.0 / 3 + 0.25 + 0.4) / 5, 1e-15);
  // 0.2 * 0 + 0.4 * (0 + 1/3)/2 + 0.2 * (1/3 + 1/4)/2 + 0.2 * (1/4 + 2/5)/2
  EXPECT_NEAR(fd_shifts_risk_coverage_area(sorted(hand)), 0.19, 1e-15);
  EXPECT_TRUE(std::isnan(torch_uncertainty_risk_coverage_area(doubles{0.5}, doubles{1})));
  EXPECT_TRUE(std::isnan(mean_order_risk_coverage_area({}, {})));
  EXPECT_TRUE(std::isnan(fd_shifts_risk_coverage_area({})));
  EXPECT_THAT(refusal_of([] { return mean_order_risk_coverage_area(doubles{0.5}, {}); }),
              says(error_code::shape_mismatch, "1 confidences and 0 hits"));
}

TEST(LogitInterval, LiesInTheRangeAndIsNormalInTheMiddle) {
  const interval middle = logit_interval(0.25, 0.001, 0.5);
  EXPECT_NEAR(middle.lower, 0.25 - 1.959964 * 0.001, 1e-6);
  EXPECT_NEAR(middle.upper, 0.25 + 1.959964 * 0.001, 1e-6);
  const interval low = logit_interval(0.01, 0.01, 1);
  EXPECT_GT(low.lower, 0);
  EXPECT_GT(low.upper - 0.01, 0.01 - low.lower);
  EXPECT_EQ(logit_interval(0, 0.1, 1).lower, 0);
  EXPECT_NEAR(logit_interval(0, 0.1, 1).upper, 0.1959964, 1e-7);
  EXPECT_EQ(logit_interval(0.5, 0.1, 0.5).upper, 0.5);
  EXPECT_EQ(logit_interval(0.3, 0, 1).lower, 0.3);
  EXPECT_EQ(logit_interval(0.3, 0, 1).upper, 0.3);
  EXPECT_EQ(logit_interval(0.3, 1e6, 1).lower, 0);
  EXPECT_EQ(logit_interval(0.3, 1e6, 1).upper, 1);
}

TEST(MetricOptions, OutsideTheirDomainAreRefused) {
  const auto with = [](auto&& change) {
    metric_options options;
    change(options);
    return refusal_of([&] {
      require_valid(options);
      return 0;
    });
  };
  EXPECT_FALSE(with([](metric_options&) {}).code);
  EXPECT_THAT(with([](metric_options& o) { o.coverage = 0; }), says(error_code::invalid_argument, "coverage: got 0"));
  EXPECT_THAT(with([](metric_options& o) { o.coverage = 1.5; }), says(error_code::invalid_argument, "coverage"));
  EXPECT_THAT(with([](metric_options& o) { o.risk = -0.1; }), says(error_code::invalid_argument, "risk"));
  EXPECT_THAT(with([](metric_options& o) { o.threshold = NAN; }), says(error_code::invalid_argument, "threshold"));
  EXPECT_THAT(with([](metric_options& o) { o.top_k = 0; }), says(error_code::invalid_argument, "top_k"));
}

}  // namespace
}  // namespace calibrant::testing
