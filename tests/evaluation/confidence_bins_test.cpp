#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/confidence_bins.hpp>
#include <calibrant/metrics/binned_calibration_error.hpp>
#include <calibrant/metrics/peers/bin_rule.hpp>

namespace calibrant {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr std::size_t samples = 700;
constexpr std::size_t classes = 5;
constexpr std::size_t places = 3;

/// Scores of `samples` x `classes` x `places`, classes next to one another; some exactly 0, 1 or an edge of ten bins.
struct example {
  std::vector<double> scores = std::vector<double>(samples * places * classes);
  std::vector<std::int64_t> labels = std::vector<std::int64_t>(samples * places);

  example() {
    std::uint64_t state = 7;
    const auto next = [&] { return (state = state * 6364136223846793005U + 1442695040888963407U) >> 33U; };
    for (double& p : scores) {
      p = static_cast<double>(next() % 1000) / 999.0;
      if (next() % 50 == 0) p = static_cast<double>(next() % 11) / 10.0;
    }
    for (std::int64_t& y : labels) y = static_cast<std::int64_t>(next() % (classes + 1)) - 1;  // -1 is ignored
  }
  [[nodiscard]] labelled_positions positions() const {
    return {.scores = strided_scores<double>{.data = scores.data(),
                                             .samples = samples,
                                             .classes = classes,
                                             .places = places,
                                             .sample_stride = places * classes,
                                             .class_stride = 1,
                                             .place_stride = classes},
            .labels = labels,
            .ignored = -1};
  }
};

std::vector<confidence_bin> bins_of(const labelled_positions& positions,
                                    confidence_rule rule = confidence_rule::textbook, std::size_t threads = 1,
                                    std::size_t bins = 10) {
  thread_pool pool(threads);
  confidence_bins sums(bins, rule);
  sums.accumulate(positions, pool);
  return sums.bins();
}

/// The definition (halves go to even), by the rule that peers' numbers are made with.
std::vector<confidence_bin> by_definition(const example& e, const bin_rule& rule, bool rounded) {
  std::vector<confidence_bin> bins(rule.size());
  for (std::size_t i = 0; i < e.labels.size(); ++i) {
    if (e.labels[i] == -1) continue;
    const double* const row = e.scores.data() + i * classes;
    std::size_t best = 0;
    for (std::size_t k = 1; k < classes; ++k)
      if (row[k] > row[best]) best = k;
    const double c = rounded ? static_cast<double>(static_cast<float>(row[best])) : row[best];
    rule.for_each_bin(c, [&](std::size_t b) {
      const std::int64_t units = std::llrint(std::ldexp(c, 51));
      const std::int64_t low = bins[b].low + (units & 0xffffffff);
      bins[b] = {bins[b].positions + 1, bins[b].hits + (static_cast<std::int64_t>(best) == e.labels[i] ? 1 : 0),
                 bins[b].high + (units >> 32) + (low >> 32), low & 0xffffffff};
    });
  }
  return bins;
}

TEST(ConfidenceBins, FollowTheRulesOfTorchmetrics) {
  const example e;
  for (const std::size_t bins : {1U, 7U, 10U, 15U, 100U}) {
    EXPECT_EQ(bins_of(e.positions(), confidence_rule::torchmetrics, 1, bins),
              by_definition(e, peer_bins::torchmetrics(bins), true));
    EXPECT_EQ(bins_of(e.positions(), confidence_rule::torchmetrics_float64, 1, bins),
              by_definition(e, peer_bins::torchmetrics_float64(bins), false));
  }
}

TEST(ConfidenceBins, AreTheSameForAnyThreadsStridesAndSplit) {
  const example e;
  const std::vector<confidence_bin> expected = bins_of(e.positions());
  EXPECT_EQ(bins_of(e.positions(), confidence_rule::textbook, 3), expected);

  // Places next to one another, samples backwards.
  std::vector<double> turned(e.scores.size());
  for (std::size_t n = 0; n < samples; ++n)
    for (std::size_t d = 0; d < places; ++d)
      for (std::size_t k = 0; k < classes; ++k)
        turned[((samples - 1 - n) * classes + k) * places + d] = e.scores[(n * places + d) * classes + k];
  labelled_positions other = e.positions();
  other.scores = strided_scores<double>{.data = turned.data() + (samples - 1) * classes * places,
                                        .samples = samples,
                                        .classes = classes,
                                        .places = places,
                                        .sample_stride = -static_cast<std::ptrdiff_t>(classes * places),
                                        .class_stride = places,
                                        .place_stride = 1};
  EXPECT_EQ(bins_of(other), expected);

  thread_pool pool(1);
  confidence_bins sums(10, confidence_rule::textbook);
  for (std::size_t first = 0; first < samples; first += 100) {
    labelled_positions batch = e.positions();
    auto scores = std::get<strided_scores<double>>(batch.scores);
    scores.data += first * places * classes;
    scores.samples = 100;
    batch.scores = scores;
    batch.labels = batch.labels.subspan(first * places, 100 * places);
    sums.accumulate(batch, pool);
  }
  EXPECT_EQ(sums.bins(), expected);
}

TEST(ConfidenceBins, AddUpAsCellsToTheErrorOfTheirBins) {
  // Two bins of .5: confidences .25 (wrong) and 1, .75 (one right), gaps .25 and .375.
  const std::vector<float> p{.25F, 1.0F, .75F};
  const std::vector<std::int64_t> y{0, 1, 0};
  const labelled_positions positions{
      .scores = strided_scores<float>{.data = p.data(), .samples = 3, .classes = 1, .sample_stride = 1},
      .kind = position_kind::positive_probability,
      .labels = y};
  const cell_table cells = cells_of(bins_of(positions, confidence_rule::textbook, 1, 2));
  EXPECT_DOUBLE_EQ(binned_calibration_error(cells, 1), 1.0 / 3);
  EXPECT_DOUBLE_EQ(binned_calibration_error(cells, 2), std::sqrt((.0625 + 2 * .140625) / 3));
  EXPECT_DOUBLE_EQ(binned_calibration_error(cells, 3), std::cbrt((.015625 + 2 * .052734375) / 3));
  EXPECT_DOUBLE_EQ(binned_calibration_error(cells, std::numeric_limits<double>::infinity()), .375);
  EXPECT_TRUE(std::isnan(binned_calibration_error(cell_table(1, 3), 1)));
  EXPECT_THROW((void)binned_calibration_error(cells, .5), error);
  // 1 alone: gaps .25, .75 and 0.
  EXPECT_DOUBLE_EQ(binned_calibration_error(cells_of(bins_of(positions, confidence_rule::torchmetrics, 1, 2)), 1),
                   1.0 / 3);
}

TEST(ConfidenceBins, SumsDoNotOverflowIntoTheHighWord) {
  // 300,000 times 1 - 2^-51, whose low word is the largest there is.
  const std::vector<double> p(300'000, 1 - 0x1p-51);
  const std::vector<std::int64_t> y(p.size(), 1);
  const std::vector<confidence_bin> bins = bins_of(
      {.scores = strided_scores<double>{.data = p.data(), .samples = p.size(), .classes = 1, .sample_stride = 1},
       .kind = position_kind::positive_probability,
       .labels = y},
      confidence_rule::textbook, 2, 1);
  EXPECT_EQ(bins.front().positions, 300'000);
  const int128 sum = static_cast<int128>(bins.front().high) * (int128{1} << 32) + bins.front().low;
  EXPECT_TRUE(sum == int128{300'000} * ((int128{1} << 51) - 1));
  EXPECT_LT(bins.front().low, std::int64_t{1} << 32);
}

TEST(ConfidenceBins, TakeLogits) {
  const std::vector<double> z{std::log(.6), std::log(.1), std::log(.3), 800, -800, 0};
  const std::vector<std::int64_t> y{2, 0};
  const std::vector<confidence_bin> bins =
      bins_of({.scores = strided_scores<double>{.data = z.data(), .samples = 2, .classes = 3, .sample_stride = 3},
               .kind = position_kind::logits,
               .labels = y},
              confidence_rule::textbook, 1, 2);
  const cell_table cells = cells_of(bins);
  EXPECT_EQ(bins[1].positions, 2);
  EXPECT_EQ(bins[1].hits, 1);
  EXPECT_NEAR(binned_calibration_error(cells, 1), .3, 1e-15);

  const std::vector<std::int64_t> two{1, 1, 0};
  const std::vector<double> one_class{std::log(3.0), -std::numeric_limits<double>::infinity(), 0};
  const labelled_positions positive{
      .scores = strided_scores<double>{.data = one_class.data(), .samples = 3, .classes = 1, .sample_stride = 1},
      .kind = position_kind::positive_logit,
      .labels = two};
  EXPECT_NEAR(binned_calibration_error(cells_of(bins_of(positive, confidence_rule::textbook, 1, 1)), 1),
              std::abs((.75 + 0 + .5) / 3 - 2.0 / 3), 1e-15);
}

void expect_refusal(const std::vector<double>& row, position_kind kind, std::int64_t label, const char* words) {
  const std::vector<std::int64_t> labels{label};
  const labelled_positions positions{
      .scores = strided_scores<double>{.data = row.data(), .samples = 1, .classes = row.size(), .sample_stride = 1},
      .kind = kind,
      .labels = labels};
  EXPECT_THAT([&] { (void)bins_of(positions); }, ThrowsMessage<error>(HasSubstr(words)));
}

TEST(ConfidenceBins, RefuseWhatIsNoProbabilityLogitOrLabel) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  expect_refusal({.5, 1.5, .2}, position_kind::probabilities, 0, "position 0 holds 1.5, expected probabilities");
  expect_refusal({.5, -.5, .2}, position_kind::probabilities, 0, "position 0 holds -0.5, expected probabilities");
  expect_refusal({.5, .1, nan}, position_kind::probabilities, 0, "position 0 holds NaN, expected probabilities");
  expect_refusal({infinity}, position_kind::positive_probability, 0, "holds infinity");
  expect_refusal({nan}, position_kind::positive_logit, 0, "no softmax");
  expect_refusal({0, nan}, position_kind::logits, 0, "no softmax");
  expect_refusal({.5, .5}, position_kind::probabilities, 2, "position 0 is 2, expected a class index from 0 to 1");
  expect_refusal({.5}, position_kind::positive_probability, -1, "expected a class index from 0 to 1");

  const example e;
  labelled_positions short_of_labels = e.positions();
  short_of_labels.labels = short_of_labels.labels.first(3);
  EXPECT_THAT([&] { (void)bins_of(short_of_labels); },
              ThrowsMessage<error>(HasSubstr("got 3 labels beside 2100 positions")));
}

}  // namespace
}  // namespace calibrant
