// Ranks of the label against a stable sort of the scores.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <calibrant/core/float16.hpp>
#include <calibrant/stats/label_ranks.hpp>

#include "support/measure.hpp"
#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

template <class T>
T score_of(double x) {
  if constexpr (std::is_same_v<T, float16>)
    return float16{std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
  else
    return static_cast<T>(x);
}

template <class T>
class LabelRanks : public ::testing::Test {};
using element_types = ::testing::Types<float16, float, double>;
TYPED_TEST_SUITE(LabelRanks, element_types);

TYPED_TEST(LabelRanks, AreThoseOfAStableSort) {
  std::mt19937_64 random(1);
  for (const std::size_t K : {2, 3, 17, 200}) {
    label_ranks ranks(K, weight_kind::frequency);
    std::vector<double> expected(K);
    for (int i = 0; i < 300; ++i) {
      std::vector<double> scores(K);
      // Ties, both signs and both zeros.
      for (double& x : scores) x = (static_cast<double>(random() % 9) - 4) / 4 * (random() % 2 == 0 ? 1.0 : -1.0);
      std::vector<TypeParam> row;
      for (const double x : scores) row.push_back(score_of<TypeParam>(x));
      const auto label = static_cast<std::int32_t>(random() % K);
      std::vector<std::size_t> order(K);
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
      const auto rank = std::find(order.begin(), order.end(), static_cast<std::size_t>(label)) - order.begin();
      const double weight = i % 3 == 0 ? 2 : 1;
      expected[static_cast<std::size_t>(rank)] += weight;
      const TypeParam* rows = row.data();
      ranks.accumulate(&rows, {.rows = 1, .summaries = {}, .labels = &label, .weights = &weight});
    }
    double within = 0;
    for (std::size_t k = 0; k < K; ++k) {
      EXPECT_EQ(ranks.weight_within(k), within) << K << ", " << k;
      within += expected[k];
    }
    EXPECT_EQ(ranks.weight_within(K), 400);
    EXPECT_EQ(ranks.weight_within(K + 5), 400);
    EXPECT_EQ(ranks.total_weight(), 400);
  }
}

TEST(LabelRankState, WithinOneIsTheAccuracyHoweverRowsAreWeighted) {
  for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance}) {
    dataset data = random_logits(700, 6, 2);
    add_real_weights(data, 3);
    const panel_state state = measure(data, {.weights = kind}).total();
    const cell all = state.top_label.all().sums;
    EXPECT_NEAR(state.ranks.weight_within(1), all.hits, 1e-12 * all.weight);
    EXPECT_NEAR(state.ranks.total_weight(), all.weight, 1e-12 * all.weight);
  }
}

TEST(LabelRankState, OtherConfigurationsAreRefused) {
  label_ranks ranks(3, weight_kind::frequency);
  EXPECT_THAT(refusal_of([&] {
                ranks.merge(label_ranks(4, weight_kind::frequency));
                return 0;
              }),
              says(error_code::state_mismatch, "rank 3 and 4 classes"));
  EXPECT_THAT(refusal_of([&] {
                ranks.merge(label_ranks(3, weight_kind::importance));
                return 0;
              }),
              says(error_code::state_mismatch, "frequency and importance weights"));
}

TEST(LabelRankState, OnlyWeightsOfRowsAreValid) {
  label_ranks ranks(3, weight_kind::frequency);
  EXPECT_TRUE(ranks.valid());
  ranks.fields([](const std::string&, const field_shape&, auto& values, presence) {
    values.resize(3);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(values[0])>, std::int64_t>) values[1] = -1;
  });
  EXPECT_FALSE(ranks.valid());
}

}  // namespace
}  // namespace calibrant::testing
