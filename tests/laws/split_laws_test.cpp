// Shards, order, batches and threads: any way to cut the rows gives the state of one pass. Integer weights: bit for
// bit. Other weights: within the stated tolerance.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/io/state_file.hpp>

#include "laws/law_fixture.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

struct split_case {
  std::string name;
  dataset data;
  measure_options options;
  bool exact;
};

/// Large enough that the pass really uses three threads (it gives each at least 16,384 scores).
std::vector<split_case> split_cases() {
  std::vector<split_case> cases;
  const std::vector<dataset> sets = {random_probabilities(10000, 5, 61), random_logits(8500, 6, 62),
                                     random_probabilities(250, 200, 63), grid_probabilities(17000, 3, 64)};
  for (const dataset& plain : sets) {
    cases.push_back({plain.name, plain, {}, true});
    dataset integer = plain;
    add_integer_weights(integer, 65);
    cases.push_back({plain.name + ", integer weights", integer, {}, true});
    cases.push_back({plain.name + ", integer importance weights", integer, {.weights = weight_kind::importance}, true});
    dataset grouped = integer;
    add_groups(grouped, 4, 66);
    cases.push_back({plain.name + ", groups", grouped, {}, true});
    dataset real = plain;
    add_real_weights(real, 67);
    cases.push_back({plain.name + ", real weights", real, {}, false});
    cases.push_back({plain.name + ", importance weights", real, {.weights = weight_kind::importance}, false});
  }
  return cases;
}

void expect_same(const evaluation_state& got, const evaluation_state& whole, const split_case& c,
                 const std::string& how) {
  if (c.exact) {
    EXPECT_TRUE(state_bytes(got) == state_bytes(whole)) << c.name << ", " << how;
    return;
  }
  EXPECT_EQ(got.counts, whole.counts) << c.name << ", " << how;
  EXPECT_EQ(differences(state_sums(got), state_sums(whole), real_weight_tolerance), "") << c.name << ", " << how;
}

TEST(SplitLaws, SevenUnevenShardsInShuffledOrder) {
  for (const split_case& c : split_cases()) {
    const evaluation_state whole = measure(c.data, c.options);
    const std::size_t n = c.data.rows();
    const std::vector<std::size_t> cuts = {0, 1, n / 50 + 2, n / 9 + 2, n / 3, n / 2, n - n / 10, n};
    for (const std::uint64_t seed : {1, 2, 3}) {
      std::vector<std::size_t> order = shuffled_indices(7, seed);
      const auto shard = [&](std::size_t s) { return measure(slice(c.data, cuts[s], cuts[s + 1]), c.options); };
      evaluation_state merged = decode_state(encode_state(shard(order[0])), "shard");
      for (std::size_t i = 1; i < 7; ++i) merged.merge(decode_state(encode_state(shard(order[i])), "shard"));
      expect_same(merged, whole, c, "order " + std::to_string(seed));
    }
  }
}

TEST(SplitLaws, OrderOfRows) {
  for (const split_case& c : split_cases())
    expect_same(measure(take(c.data, shuffled_indices(c.data.rows(), 5)), c.options), measure(c.data, c.options), c,
                "shuffled");
}

TEST(SplitLaws, BatchesOfAnySize) {
  for (const split_case& c : split_cases()) {
    const evaluation_state whole = measure(c.data, c.options);
    for (const std::size_t rows : {std::size_t{1}, std::size_t{7}, std::size_t{511}, std::size_t{4096}}) {
      if (rows == 1 && c.data.rows() > 9000) continue;  // one row at a time is slow
      measure_options options = c.options;
      options.batch_rows = rows;
      expect_same(measure(c.data, options), whole, c, "batches of " + std::to_string(rows));
    }
  }
}

TEST(SplitLaws, ThreadsOneTwoThree) {
  for (const split_case& c : split_cases()) {
    const evaluation_state whole = measure(c.data, c.options);
    for (const std::size_t threads : {2, 3})
      for (const std::size_t rows : {std::size_t{0}, std::size_t{8000}}) {
        measure_options options = c.options;
        options.threads = threads;
        options.batch_rows = rows;
        const evaluation_state got = measure(c.data, options);
        expect_same(got, whole, c, std::to_string(threads) + " threads");
        // The split depends on the number of threads alone, so even real weights repeat bit for bit.
        EXPECT_TRUE(state_bytes(measure(c.data, options)) == state_bytes(got)) << c.name << ", repeated";
      }
  }
}

/// A pool gives the same results as none, for every number that a panel shows.
TEST(SplitLaws, EvaluationDoesNotDependOnThreads) {
  dataset data = random_probabilities(900, 6, 71);
  add_groups(data, 3, 72);
  const evaluation_state state = measure(data);
  thread_pool pool(3);
  const evaluation alone = evaluate(state);
  const evaluation pooled = evaluate(state, {}, &pool);
  const auto numbers_of = [](const panel& p) {
    numbers all;
    for (const panel_metric& m : p.metrics) add_estimate(all, std::string(m.entry->name), m.result);
    add_diagram(all, "top_label", p.top_label);
    for (std::size_t k = 0; k < p.class_reliability.size(); ++k)
      add_diagram(all, "class" + std::to_string(k), p.class_reliability[k]);
    return all;
  };
  EXPECT_EQ(differences(numbers_of(alone.total), numbers_of(pooled.total)), "");
  EXPECT_EQ(alone.total.headline, pooled.total.headline);
  ASSERT_EQ(alone.groups.size(), 3U);
  ASSERT_EQ(pooled.groups.size(), 3U);
  for (const auto& [name, group] : alone.groups)
    EXPECT_EQ(differences(numbers_of(group), numbers_of(pooled.groups.at(name))), "") << name;
}

TEST(StateCodec, EncodedAndDecodedIsTheSameState) {
  for (const split_case& c : split_cases()) {
    evaluation_state state = measure(slice(c.data, 0, 70), c.options);
    state.sources.push_back({.path = "\"quotes\" \\ and \x01 and \xc3\xa9", .rows = 3, .sha256 = "ab12"});
    state.counts.skipped[2] = 5;
    state.counts.clipped = 1;
    state.config.log_floor = c.options.log_floor;
    const std::string bytes = encode_state(state);
    const evaluation_state back = decode_state(bytes, "state");
    EXPECT_TRUE(state_bytes(back) == state_bytes(state)) << c.name;
    EXPECT_TRUE(back.panels == state.panels) << c.name;
    EXPECT_EQ(back.config, state.config) << c.name;
    ASSERT_EQ(back.sources.size(), state.sources.size());
    EXPECT_EQ(back.sources.back().path, state.sources.back().path);
    EXPECT_EQ(back.sources.back().sha256, state.sources.back().sha256);
    EXPECT_TRUE(encode_state(back) == bytes) << c.name << ": encoding again gives other bytes";
  }
}

TEST(StateCodec, AnEmptyStateAndALogFloorRoundTrip) {
  const evaluation_state full = measure(random_probabilities(20, 3, 81), {.bins = 4, .log_floor = 1e-15});
  EXPECT_EQ(decode_state(encode_state(full), "state").config, full.config);
  evaluation_state empty{.config = full.config,
                         .grouped = true,
                         .weighted = false,
                         .counts = {},
                         .sources = {},
                         .panels = {},
                         .peers = {}};
  evaluation_state back = decode_state(encode_state(empty), "state");
  EXPECT_TRUE(state_bytes(back) == state_bytes(empty));
  EXPECT_EQ(back.config, empty.config);
}

}  // namespace
}  // namespace calibrant::testing
