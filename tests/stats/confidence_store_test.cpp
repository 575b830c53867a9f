// The store of confidences: both forms, and that the form depends on the rows alone.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <calibrant/stats/confidence_store.hpp>

#include "support/measure.hpp"
#include "support/refusal.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

struct rows {
  std::vector<double> confidence;
  std::vector<bool> hit;
  std::vector<double> weight;
};

rows random_rows(std::size_t n, std::uint64_t seed, bool integer = true) {
  std::mt19937_64 random(seed);
  rows all;
  for (std::size_t i = 0; i < n; ++i) {
    // Ties and both ends among them.
    const auto grid = static_cast<double>(random() % 41) / 40;
    const double fine = std::ldexp(static_cast<double>(random() >> 11), -53);
    all.confidence.push_back(random() % 2 == 0 ? grid : fine);
    all.hit.push_back(random() % 3 != 0);
    all.weight.push_back(integer ? static_cast<double>(1 + random() % 3) : 0.25 + fine);
  }
  return all;
}

void add(confidence_store& store, const rows& all, std::size_t first, std::size_t last, bool weighted) {
  std::vector<std::int32_t> prediction(last - first, 0);
  std::vector<std::int32_t> label;
  std::vector<double> confidence(all.confidence.begin() + static_cast<std::ptrdiff_t>(first),
                                 all.confidence.begin() + static_cast<std::ptrdiff_t>(last));
  for (std::size_t i = first; i < last; ++i) label.push_back(all.hit[i] ? 0 : 1);
  row_block block{.rows = last - first,
                  .summaries = {},
                  .labels = label.data(),
                  .weights = weighted ? all.weight.data() + first : nullptr};
  block.summaries.confidence = confidence.data();
  block.summaries.prediction = prediction.data();
  store.accumulate(block);
  store.flush();
}

confidence_store store_of(const rows& all, bool weighted, weight_kind kind, std::uint64_t exact_rows) {
  confidence_store store(kind, exact_rows);
  for (std::size_t first = 0; first < all.confidence.size(); first += 50)
    add(store, all, first, std::min(first + 50, all.confidence.size()), weighted);
  return store;
}

TEST(ConfidenceStore, KeepsEveryRowInOrder) {
  for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance})
    for (const bool integer : {true, false}) {
      const rows all = random_rows(500, 3, integer);
      const confidence_store store = store_of(all, true, kind, 10'000);
      ASSERT_TRUE(store.exact());
      const std::vector<double> hits(all.hit.begin(), all.hit.end());
      const sorted_forecasts expected = sorted_forecasts::of(all.confidence, hits, all.weight, kind);
      const sorted_forecasts& got = store.sorted();
      ASSERT_EQ(got.size(), expected.size());
      EXPECT_EQ(got.counts(), integer);
      for (std::size_t g = 0; g < got.size(); ++g) {
        EXPECT_EQ(got.values()[g], expected.values()[g]);
        EXPECT_NEAR(got.weights()[g], expected.weights()[g], 1e-12);
        EXPECT_NEAR(got.hits()[g], expected.hits()[g], 1e-12);
        EXPECT_NEAR(got.variance_weights()[g], expected.variance_weights()[g], 1e-12);
        EXPECT_NEAR(got.variance_hits()[g], expected.variance_hits()[g], 1e-12);
      }
    }
}

TEST(ConfidenceStore, BoundedFormSumsWhatTheExactFormKeeps) {
  const rows all = random_rows(3000, 5);
  const confidence_store store = store_of(all, true, weight_kind::importance, 100);
  ASSERT_FALSE(store.exact());
  const sorted_forecasts& got = store.sorted();
  EXPECT_FALSE(got.exact());
  std::vector<sorted_forecasts::group> expected(micro_bin_count);
  for (std::size_t i = 0; i < all.confidence.size(); ++i) {
    sorted_forecasts::group& bin = expected[micro_bin_of(all.confidence[i])];
    const double w = all.weight[i];
    const double a = all.hit[i] ? 1 : 0;
    bin.value += w * all.confidence[i];
    bin.weight += w;
    bin.hits += w * a;
    bin.variance_weight += w * w;
    bin.variance_hits += w * w * a;
  }
  std::size_t g = 0;
  for (const sorted_forecasts::group& bin : expected) {
    if (bin.weight == 0) continue;
    ASSERT_LT(g, got.size());
    EXPECT_NEAR(got.values()[g], bin.value / bin.weight, 1e-15);
    EXPECT_EQ(got.weights()[g], bin.weight);
    EXPECT_EQ(got.hits()[g], bin.hits);
    EXPECT_EQ(got.variance_weights()[g], bin.variance_weight);
    EXPECT_EQ(got.variance_hits()[g], bin.variance_hits);
    ++g;
  }
  EXPECT_EQ(g, got.size());
}

TEST(ConfidenceStore, FormDependsOnTheRowsAloneHoweverTheyAreSplit) {
  for (const bool weighted : {false, true})
    for (const std::uint64_t limit : {0, 1, 99, 100, 249, 250, 499, 500, 501, 1000, 2000}) {
      const rows all = random_rows(500, 7);
      const confidence_store whole = store_of(all, weighted, weight_kind::frequency, limit);
      for (const std::size_t cut : {1, 100, 250, 499}) {
        confidence_store first(weight_kind::frequency, limit);
        confidence_store second(weight_kind::frequency, limit);
        add(first, all, cut, 500, weighted);
        add(second, all, 0, cut, weighted);
        first.merge(second);
        EXPECT_TRUE(state_bytes(first) == state_bytes(whole)) << limit << ", cut at " << cut;
        EXPECT_TRUE(first == whole) << limit << ", cut at " << cut;
      }
    }
}

TEST(ConfidenceStore, IntegerWeightsCountAsRepeatedRows) {
  const rows all = random_rows(400, 11);
  rows repeated;
  for (std::size_t i = 0; i < 400; ++i)
    for (int copy = 0; copy < static_cast<int>(all.weight[i]); ++copy) {
      repeated.confidence.push_back(all.confidence[i]);
      repeated.hit.push_back(all.hit[i]);
    }
  const auto n = static_cast<std::uint64_t>(repeated.confidence.size());
  for (const std::uint64_t limit : {n - 1, n}) {
    const confidence_store weighted = store_of(all, true, weight_kind::frequency, limit);
    const confidence_store plain = store_of(repeated, false, weight_kind::frequency, limit);
    EXPECT_EQ(weighted.exact(), limit == n);
    EXPECT_EQ(plain.exact(), limit == n);
    EXPECT_TRUE(std::ranges::equal(weighted.sorted().values(), plain.sorted().values()));
    EXPECT_TRUE(std::ranges::equal(weighted.sorted().weights(), plain.sorted().weights()));
    EXPECT_TRUE(std::ranges::equal(weighted.sorted().hits(), plain.sorted().hits()));
  }
}

TEST(ConfidenceStore, ForgetsItsOrderWhenRowsArrive) {
  const rows all = random_rows(100, 13);
  confidence_store store(weight_kind::frequency);
  add(store, all, 0, 60, false);
  EXPECT_EQ(store.sorted().total_weight(), 60);
  add(store, all, 60, 100, false);
  EXPECT_EQ(store.sorted().total_weight(), 100);
  store.merge(confidence_store(store));
  EXPECT_EQ(store.sorted().total_weight(), 200);
}

TEST(ConfidenceStore, RestoresOnlyWhatRowsCanGive) {
  const confidence_store good = store_of(random_rows(50, 17), true, weight_kind::frequency, 1000);
  const auto changed = [&](auto&& change) {
    confidence_store copy = good;
    copy.fields([&](const std::string& name, const field_shape&, auto& values, presence) { change(name, values); });
    return copy.restore();
  };
  EXPECT_TRUE(changed([](const std::string&, auto&) {}));
  const auto set = [&](const std::string& field, std::size_t place, auto value) {
    return changed([&, value](const std::string& name, auto& values) {
      if constexpr (std::is_convertible_v<decltype(value), typename std::remove_cvref_t<decltype(values)>::value_type>)
        if (name == field)
          values[place] = static_cast<typename std::remove_cvref_t<decltype(values)>::value_type>(value);
    });
  };
  EXPECT_FALSE(set("sizes", 0, 49));
  EXPECT_FALSE(set("sizes", 0, -1));
  EXPECT_FALSE(set("sizes", 1, 49));
  EXPECT_FALSE(set("keys", 0, -1));
  EXPECT_FALSE(set("keys", 49, std::int64_t{0x3FF0000000000000} * 2 + 2));
  EXPECT_FALSE(set("keys", 48, 0));
  EXPECT_FALSE(set("weights", 3, 0));
  EXPECT_FALSE(set("weights", 3, -1));
  EXPECT_FALSE(set("weights", 3, NAN));
}

TEST(ConfidenceStore, OtherConfigurationsAreRefused) {
  confidence_store store(weight_kind::frequency, 10);
  EXPECT_THAT(refusal_of([&] { store.merge(confidence_store(weight_kind::importance, 10)); }),
              says(error_code::state_mismatch, "frequency and importance weights"));
  EXPECT_THAT(refusal_of([&] { store.merge(confidence_store(weight_kind::frequency, 11)); }),
              says(error_code::state_mismatch, "10 and 11 exact rows"));
}

TEST(MicroBins, FollowTheOrderOfForecastsAndCoverBothEnds) {
  EXPECT_EQ(micro_bin_of(0), 0U);
  EXPECT_EQ(micro_bin_of(1), micro_bin_count - 1);
  EXPECT_EQ(micro_bin_of(0.5), micro_bin_count / 2);
  EXPECT_EQ(micro_bin_of(std::nextafter(0.5, 0.0)), micro_bin_count / 2 - 1);
  std::size_t last = 0;
  for (int i = 0; i <= 1'000'000; ++i) {
    const std::size_t bin = micro_bin_of(i / 1e6);
    EXPECT_GE(bin, last);
    last = bin;
  }
  for (int e = 1; e <= 1074; ++e) {
    EXPECT_GE(micro_bin_of(std::ldexp(1.0, -e)), micro_bin_of(std::ldexp(1.0, -e - 1))) << e;
    EXPECT_LE(micro_bin_of(1 - std::ldexp(1.0, -e)), micro_bin_of(1 - std::ldexp(1.0, -e - 1))) << e;
  }
}

}  // namespace
}  // namespace calibrant::testing
