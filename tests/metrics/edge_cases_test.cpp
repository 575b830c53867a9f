// The whole catalogue on the edges of its domain: every number is defined, or there is a reason why not; nothing is out
// of its range, and nothing crashes under the assertions of the standard library.
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/log_loss.hpp>

#include "support/measure.hpp"
#include "support/outputs.hpp"

namespace calibrant::testing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

dataset rows_of(std::string name, std::vector<std::pair<std::vector<double>, std::int32_t>> rows,
                score_kind kind = score_kind::probabilities) {
  dataset data{.name = std::move(name), .classes = rows.at(0).first.size(), .kind = kind};
  for (const auto& [scores_of_row, label] : rows) data.push(scores_of_row, label);
  return data;
}

dataset repeated(const dataset& data, std::size_t times) {
  std::vector<std::size_t> rows;
  for (std::size_t t = 0; t < times; ++t)
    for (std::size_t i = 0; i < data.rows(); ++i) rows.push_back(i);
  return take(data, rows);
}

dataset only_label(dataset data, std::int32_t label) {
  data.name += ", label " + std::to_string(label) + " alone";
  data.labels.assign(data.rows(), label);
  return data;
}

std::vector<dataset> edge_sets() {
  std::vector<dataset> sets;
  const dataset certain = rows_of("certain", {{{1, 0, 0}, 0}, {{0, 1, 0}, 1}, {{0, 0, 1}, 2}, {{1, 0, 0}, 0}});
  sets.push_back(certain);
  sets.push_back(repeated(certain, 100));
  sets.push_back(only_label(repeated(certain, 50), 1));  // p_y = 0 in most rows
  sets.push_back(rows_of("certain and wrong", {{{1, 0}, 1}, {{0, 1}, 0}}));
  sets.push_back(rows_of("one row, right", {{{0.25, 0.75}, 1}}));
  sets.push_back(rows_of("one row, wrong", {{{0.25, 0.75}, 0}}));
  sets.push_back(rows_of("one row, certain", {{{0, 1}, 1}}));
  sets.push_back(rows_of("one row, impossible", {{{0, 1}, 0}}));
  sets.push_back(rows_of("two rows", {{{0.5, 0.5}, 1}, {{0.5, 0.5}, 0}}));
  sets.push_back(repeated(rows_of("one half", {{{0.5, 0.5}, 1}, {{0.5, 0.5}, 0}}), 100));
  sets.push_back(only_label(random_probabilities(200, 4, 1), 2));
  sets.push_back(random_probabilities(300, 2, 2));
  sets.push_back(random_probabilities(40, 1000, 3));
  sets.push_back(only_label(random_probabilities(30, 1000, 4), 999));
  sets.push_back(rows_of("denormal", {{{1, 0x1p-1060}, 0}, {{1, 0x1p-1074}, 1}, {{0x1p-1074, 1}, 1}}));
  sets.push_back(rows_of(
      "logits -infinity",
      {{{0, -infinity, -infinity}, 0}, {{-infinity, 3, -infinity}, 1}, {{-infinity, 3, 3}, 2}, {{-infinity, 3, 3}, 0}},
      score_kind::logits));
  sets.push_back(rows_of("logits far apart", {{{0, 2500}, 0}, {{0, 2500}, 1}, {{-1e300, 1e300}, 1}, {{1e5, 0}, 1}},
                         score_kind::logits));
  sets.push_back(rows_of("logits beyond the finite losses", {{{-1e300, 1e300}, 0}, {{1, 2}, 1}}, score_kind::logits));
  dataset heavy = random_probabilities(50, 3, 5);
  heavy.name = "weights beyond 2^31";
  for (std::size_t i = 0; i < heavy.rows(); ++i)
    heavy.weights.push_back(i % 3 == 0 ? 0x1p31 : i % 3 == 1 ? 0x1p31 - 1 : 0x1p40 + 1);
  sets.push_back(heavy);
  dataset light = random_probabilities(50, 3, 6);
  light.name = "tiny weights";
  light.weights.assign(50, 0x1p-200);
  sets.push_back(light);
  dataset single = random_probabilities(50, 3, 7);
  single.name = "one row of weight, 49 of none";
  single.weights.assign(50, 0.0);
  single.weights[17] = 1;
  sets.push_back(single);
  return sets;
}

/// The ends of a range as the catalogue prints it, e.g. "[0, 1]" or "(-inf, inf)" or "[1/K, 1]".
std::pair<double, double> range_of(const metric_entry& entry, std::size_t classes) {
  std::string text(entry.range);
  const std::size_t comma = text.find(',');
  const auto end = [&](const std::string& word) {
    if (word == "1/K") return 1 / static_cast<double>(classes);
    if (word == "inf" || word == "-inf") return word == "inf" ? infinity : -infinity;
    return std::stod(word);
  };
  return {end(text.substr(1, comma - 1)), end(text.substr(comma + 2, text.size() - comma - 3))};
}

/// A number is finite, or it is absent and says why.
void expect_defined(const figure& f, const std::string& where) {
  if (!f.value) {
    EXPECT_FALSE(f.reason.empty()) << where << " has neither a value nor a reason";
    return;
  }
  EXPECT_TRUE(std::isfinite(*f.value)) << where << " is " << *f.value;
  EXPECT_TRUE(f.reason.empty()) << where << " has a value and a reason: " << f.reason;
}

void expect_sound(const metric_entry& entry, const estimate& e, std::size_t classes, const std::string& where) {
  const auto [low, high] = range_of(entry, classes);
  constexpr double slack = 1e-12;
  expect_defined(e.value, where);
  expect_defined(e.expected_if_calibrated, where + ", expected");
  expect_defined(e.p_value, where + ", p");
  if (e.value.value) {
    EXPECT_GE(*e.value.value, low - slack) << where;
    EXPECT_LE(*e.value.value, high + slack) << where;
  }
  if (e.expected_if_calibrated.value) {
    EXPECT_GE(*e.expected_if_calibrated.value, low - slack) << where;
    EXPECT_LE(*e.expected_if_calibrated.value, high + 1e-6) << where;
  }
  if (e.p_value.value) {
    EXPECT_GE(*e.p_value.value, 0) << where;
    EXPECT_LE(*e.p_value.value, 1) << where;
  }
  if (e.uncertainty.bounds) {
    EXPECT_TRUE(std::isfinite(e.uncertainty.bounds->lower) && std::isfinite(e.uncertainty.bounds->upper)) << where;
    EXPECT_LE(e.uncertainty.bounds->lower, e.uncertainty.bounds->upper) << where;
    EXPECT_FALSE(e.uncertainty.method.empty()) << where;
    EXPECT_TRUE(e.uncertainty.reason.empty()) << where;
  } else {
    EXPECT_FALSE(e.uncertainty.reason.empty()) << where;
  }
  for (const auto& [name, x] : e.details) EXPECT_TRUE(std::isfinite(x)) << where << ", " << name << " is " << x;
}

TEST(EdgeCases, EveryNumberIsDefinedOrHasAReason) {
  for (const dataset& data : edge_sets())
    for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance})
      for (const std::size_t bins : {1, 2, 15, 1000})
        for (const double level : {0.5, 0.95, 0.9999}) {
          if (bins == 1000 && data.classes == 1000) continue;  // 64 MB of cells; bins and classes are tested apart
          const evaluation_state state = measure(data, {.bins = bins, .weights = kind});
          const std::string where = data.name + ", " + std::to_string(bins) + " bins, " + std::string(name_of(kind));
          evaluation_options options;
          options.metric.level = confidence_level(level);
          for (const metric_entry& entry : metric_catalog()) options.metrics.emplace_back(entry.name);
          const evaluation result = evaluate(state, options);
          ASSERT_EQ(result.total.metrics.size(), metric_catalog().size());
          for (const panel_metric& m : result.total.metrics)
            expect_sound(*m.entry, m.result, data.classes, where + ", " + std::string(m.entry->name));
          EXPECT_FALSE(result.total.headline.empty()) << where;
          EXPECT_EQ(result.total.headline.find("nan"), std::string::npos) << result.total.headline;
          for (const class_row& row : result.total.per_class) {
            EXPECT_TRUE(row.calibration_error && std::isfinite(*row.calibration_error)) << where;
            EXPECT_LE(row.calibration_error, 1 + 1e-12) << where;
          }
        }
}

TEST(EdgeCases, InfiniteLossSaysHowManyRows) {
  const dataset one = rows_of("one", {{{0, 1}, 0}, {{0.5, 0.5}, 1}});
  const dataset three = rows_of("three", {{{0, 1}, 0}, {{1, 0}, 1}, {{0, 1}, 0}, {{0.5, 0.5}, 1}});
  const auto loss_of = [](const dataset& data, const measure_options& options = {}) {
    return log_loss(measure(data, options).total().scores);
  };
  EXPECT_EQ(loss_of(one).value.reason, "infinite: 1 row gives its true class probability 0");
  EXPECT_EQ(loss_of(three).value.reason, "infinite: 3 rows give their true class probability 0");
  EXPECT_FALSE(loss_of(three).uncertainty.bounds);
  EXPECT_TRUE(loss_of(three).expected_if_calibrated.value);
  dataset weighted = three;
  weighted.weights = {2, 0, 1, 4};
  EXPECT_EQ(loss_of(weighted).value.reason, "infinite: 3 rows give their true class probability 0");
  weighted.weights = {0.25, 0.5, 0, 4};
  EXPECT_EQ(loss_of(weighted).value.reason, "infinite: rows of weight 0.75 give their true class probability 0");
  // With a floor it is finite, and the rows at the floor are counted.
  const estimate floored = loss_of(three, {.log_floor = 1e-15});
  EXPECT_NEAR(*floored.value.value, (3 * 15 * std::log(10.0) + std::log(2.0)) / 4, 1e-12);
  ASSERT_EQ(floored.details.size(), 1U);
  EXPECT_EQ(floored.details[0], (std::pair<std::string, double>("floored_rows", 3)));
}

TEST(EdgeCases, LossesBeyond2047NatsAreSummedExactly) {
  const dataset data = rows_of("far", {{{0, 2500}, 0}, {{0, 3000000}, 0}, {{0, 1}, 1}}, score_kind::logits);
  const estimate loss = log_loss(measure(data).total().scores);
  const double small = std::log1p(std::exp(-1.0));
  EXPECT_NEAR(*loss.value.value, (2500 + 3000000 + small) / 3, 1e-9);
  const double mean = (2500 + 3000000 + small) / 3;
  const double variance = (std::pow(2500 - mean, 2) + std::pow(3000000 - mean, 2) + std::pow(small - mean, 2)) / 2;
  ASSERT_TRUE(loss.uncertainty.bounds);
  EXPECT_NEAR((loss.uncertainty.bounds->upper - mean) / (1.959963984540054 * std::sqrt(variance / 3)), 1, 1e-9);
  // Above 2^30 nats a loss counts as infinite.
  const dataset beyond = rows_of("beyond", {{{0, 0x1p31}, 0}, {{0, 1}, 1}}, score_kind::logits);
  EXPECT_EQ(log_loss(measure(beyond).total().scores).value.reason,
            "infinite: 1 row gives its true class probability 0");
}

TEST(EdgeCases, WeightsBeyond2To31KeepEveryValue) {
  dataset data = random_probabilities(200, 4, 8);
  dataset heavy = data;
  heavy.weights.assign(data.rows(), 0x1p40);
  const numbers plain = metric_numbers(measure(data).total());
  const numbers scaled = metric_numbers(measure(heavy).total());
  for (const char* output : {"accuracy", "mean_confidence", "confidence_gap", "ece", "rmsce", "mce", "classwise_ece",
                             "log_loss", "brier", "brier_calibration", "top_label_conditional_ece"})
    EXPECT_NEAR(plain.at(std::string(output) + ".value"), scaled.at(std::string(output) + ".value"), 1e-12) << output;
}

TEST(EdgeCases, AnEmptyStateHasNoNumbersButReasons) {
  const panel_state empty(3, bin_edges::equal_width(15), weight_kind::frequency);
  for (const metric_entry& entry : metric_catalog()) {
    const estimate e = entry.finalize(empty, {});
    EXPECT_FALSE(e.value.value || e.uncertainty.bounds || e.expected_if_calibrated.value || e.p_value.value)
        << entry.name;
    if (empty.parts.contain(entry.reads))
      EXPECT_EQ(e.value.reason, "no rows: nothing was measured") << entry.name;
    else
      EXPECT_TRUE(e.value.reason.starts_with("not measured: ")) << entry.name;
    EXPECT_EQ(e.uncertainty.reason, e.value.reason) << entry.name;
  }
}

TEST(EdgeCases, NoRowsAndNoWeightAreRefused) {
  const auto code_of = [](const std::function<void()>& act) {
    try {
      act();
    } catch (const error& problem) {
      return std::string(name_of(problem.code())) + ": " + problem.what();
    }
    return std::string("no error");
  };
  dataset data = random_probabilities(5, 3, 9);
  EXPECT_EQ(code_of([&] { (void)measure(slice(data, 0, 0)); }),
            "no_rows: no rows: the input holds none, expected at least one");
  data.weights.assign(5, 0.0);
  EXPECT_EQ(code_of([&] { (void)measure(data); }),
            "invalid_weights: weights: all 5 rows have weight 0, expected at least one positive weight");
  const evaluation_state full = measure(random_probabilities(5, 3, 9));
  const evaluation_state empty{.config = full.config,
                               .grouped = false,
                               .weighted = false,
                               .counts = {},
                               .sources = {},
                               .panels = {},
                               .peers = {}};
  EXPECT_EQ(code_of([&] { (void)evaluate(empty); }),
            "no_rows: no rows: the state is empty, expected at least one row with a positive weight");
}

TEST(EdgeCases, AClassWithoutRowsIsReportedAsSuch) {
  const dataset data = only_label(random_probabilities(200, 3, 10), 2);
  const evaluation result = evaluate(measure(data));
  ASSERT_EQ(result.total.per_class.size(), 3U);
  EXPECT_EQ(result.total.per_class[0].rows, 0);
  EXPECT_EQ(result.total.per_class[0].prevalence, 0);
  EXPECT_EQ(result.total.per_class[2].rows, 200);
  EXPECT_EQ(result.total.per_class[2].prevalence, 1);
  ASSERT_FALSE(result.total.warnings.empty());
  EXPECT_EQ(result.total.warnings[0].code, "empty_classes");
  EXPECT_NE(result.total.warnings[0].message.find("2 of 3 classes have no row with that label: \"0\", \"1\""),
            std::string::npos)
      << result.total.warnings[0].message;
  // A class that is never predicted has no precision.
  const evaluation never = evaluate(measure(repeated(rows_of("never", {{{0.9, 0.1}, 0}, {{0.8, 0.2}, 1}}), 3)));
  EXPECT_EQ(never.total.per_class[1].predicted, 0);
  EXPECT_FALSE(never.total.per_class[1].precision);
  EXPECT_FALSE(never.total.per_class[1].mean_confidence);
  EXPECT_EQ(never.total.per_class[0].precision, std::optional(0.5));
}

TEST(EdgeCases, EmptyBinsHaveACountOfZeroAndNothingElse) {
  const evaluation result = evaluate(measure(rows_of("one row", {{{0.25, 0.75}, 1}})));
  ASSERT_EQ(result.total.top_label.size(), 15U);
  std::size_t full = 0;
  for (const reliability_bin& bin : result.total.top_label) {
    const bool here = bin.lower <= 0.75 && 0.75 < bin.upper;
    full += here;
    EXPECT_EQ(bin.count, here ? 1 : 0);
    EXPECT_EQ(bin.confidence, here ? std::optional(0.75) : std::nullopt);
    EXPECT_EQ(bin.accuracy, here ? std::optional(1.0) : std::nullopt);
    EXPECT_EQ(bin.bounds.has_value(), here);
  }
  EXPECT_EQ(full, 1U);
}

}  // namespace
}  // namespace calibrant::testing
