// Laws of every mergeable state: empty is the identity, merging is associative and commutative, mismatches are refused
// with both sides untouched, == sees every word.
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>

#include "laws/law_fixture.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

/// How a state is made empty and found in the state of a pass.
template <class State>
struct access;
template <>
struct access<score_sums> {
  static score_sums empty(const evaluation_state& like) {
    return score_sums(like.config.weights, like.config.log_floor);
  }
  static score_sums of(const evaluation_state& state) { return state.total().scores; }
};
template <>
struct access<top_label_cells> {
  static top_label_cells empty(const evaluation_state& like) { return like.empty_panel().top_label; }
  static top_label_cells of(const evaluation_state& state) { return state.total().top_label; }
};
template <>
struct access<classwise_cells> {
  static classwise_cells empty(const evaluation_state& like) { return like.empty_panel().classwise; }
  static classwise_cells of(const evaluation_state& state) { return state.total().classwise; }
};
template <>
struct access<label_ranks> {
  static label_ranks empty(const evaluation_state& like) { return like.empty_panel().ranks; }
  static label_ranks of(const evaluation_state& state) { return state.total().ranks; }
};
template <>
struct access<panel_state> {
  static panel_state empty(const evaluation_state& like) { return like.empty_panel(); }
  static panel_state of(const evaluation_state& state) { return state.total(); }
};
template <>
struct access<evaluation_state> {
  static evaluation_state empty(const evaluation_state& like) {
    return {.config = like.config,
            .grouped = like.grouped,
            .weighted = like.weighted,
            .counts = {},
            .sources = {},
            .panels = {},
            .peers = {}};
  }
  static const evaluation_state& of(const evaluation_state& state) { return state; }
};

enum class weighting { none, integer, real };

struct pass_case {
  std::string name;
  dataset data;
  measure_options options;
  bool exact;  ///< all weights are integers, so sums must agree bit for bit
};

/// Class counts, both kinds of scores, every weighting, both kinds of weights, groups, a log floor.
std::vector<pass_case> pass_cases() {
  std::vector<pass_case> cases;
  std::vector<dataset> sets = {random_probabilities(310, 5, 21), grid_probabilities(300, 3, 22, false),
                               edge_probabilities(200, 2, 15, 23), random_logits(250, 7, 24),
                               random_probabilities(40, 40, 25)};
  for (const dataset& plain : sets)
    for (const weighting w : {weighting::none, weighting::integer, weighting::real})
      for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance})
        for (const bool grouped : {false, true}) {
          pass_case c{plain.name, plain, {.weights = kind}, w != weighting::real};
          if (w == weighting::integer) add_integer_weights(c.data, 31);
          if (w == weighting::real) add_real_weights(c.data, 32);
          if (grouped) add_groups(c.data, 3, 33);
          if (plain.classes == 3) c.options.log_floor = 1e-12;
          c.name += w == weighting::none ? "" : w == weighting::integer ? ", integer weights" : ", real weights";
          c.name += kind == weight_kind::importance ? ", importance" : "";
          c.name += grouped ? ", groups" : "";
          cases.push_back(std::move(c));
        }
  return cases;
}

template <class State>
State merged(State into, const State& from) {
  into.merge(from);
  return into;
}

template <class State>
class StateLaws : public ::testing::Test {
 protected:
  static State part(const pass_case& c, std::size_t first, std::size_t last) {
    return access<State>::of(measure(slice(c.data, first, last), c.options));
  }

  static void expect_same(const State& a, const State& b, const pass_case& c, const char* law) {
    if (c.exact)
      EXPECT_TRUE(state_bytes(a) == state_bytes(b)) << law << ": " << c.name;
    else
      EXPECT_EQ(differences(state_sums(a), state_sums(b), real_weight_tolerance), "") << law << ": " << c.name;
  }
};
using states =
    ::testing::Types<score_sums, top_label_cells, classwise_cells, label_ranks, panel_state, evaluation_state>;
TYPED_TEST_SUITE(StateLaws, states);

TYPED_TEST(StateLaws, EmptyIsTheIdentityOfMerge) {
  for (const pass_case& c : pass_cases()) {
    const evaluation_state pass = measure(c.data, c.options);
    const TypeParam state = access<TypeParam>::of(pass);
    const TypeParam empty = access<TypeParam>::empty(pass);
    // Bit for bit whatever the weights: adding zeros rounds nothing.
    EXPECT_TRUE(state_bytes(merged(state, empty)) == state_bytes(state)) << c.name;
    EXPECT_TRUE(state_bytes(merged(empty, state)) == state_bytes(state)) << c.name;
    EXPECT_TRUE(state_bytes(merged(empty, empty)) == state_bytes(empty)) << c.name;
    EXPECT_FALSE(state_bytes(state) == state_bytes(empty)) << c.name;
  }
}

TYPED_TEST(StateLaws, MergingIsCommutativeAndAssociative) {
  for (const pass_case& c : pass_cases()) {
    const std::size_t n = c.data.rows();
    const TypeParam a = this->part(c, 0, n / 7 + 1);
    const TypeParam b = this->part(c, n / 7 + 1, n / 2);
    const TypeParam d = this->part(c, n / 2, n);
    this->expect_same(merged(a, b), merged(b, a), c, "commutative");
    this->expect_same(merged(merged(a, b), d), merged(a, merged(b, d)), c, "associative");
    this->expect_same(merged(merged(d, a), b), this->part(c, 0, n), c, "whole");
  }
}

TYPED_TEST(StateLaws, MergedWithItselfIsEveryRowTwice) {
  for (const pass_case& c : pass_cases()) {
    TypeParam twice = this->part(c, 0, c.data.rows());
    twice.merge(twice);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < c.data.rows(); ++i) rows.insert(rows.end(), 2, i);
    this->expect_same(twice, access<TypeParam>::of(measure(take(c.data, rows), c.options)), c, "twice");
  }
}

/// A state of another configuration is refused, and neither side changes.
TYPED_TEST(StateLaws, AnotherConfigurationIsRefused) {
  const dataset data = random_probabilities(40, 3, 41);
  const auto state_of = [&](std::size_t classes, measure_options options) {
    dataset wide = data;
    if (classes != data.classes) wide = random_probabilities(40, classes, 42);
    return access<TypeParam>::of(measure(wide, options));
  };
  const auto expect_refused = [](const TypeParam& a, const TypeParam& b, const char* what) {
    for (const auto& [left, right] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      TypeParam into = *left;
      const std::string before = state_bytes(into);
      const std::string other = state_bytes(*right);
      try {
        into.merge(*right);
        ADD_FAILURE() << "merged although " << what << " differ";
      } catch (const error& problem) {
        EXPECT_EQ(problem.code(), error_code::state_mismatch) << what;
        EXPECT_TRUE(std::string_view(problem.what()).starts_with("merge: ")) << problem.what();
        EXPECT_NE(std::string_view(problem.what()).find("expected the same"), std::string_view::npos) << problem.what();
      }
      EXPECT_TRUE(state_bytes(into) == before) << what;
      EXPECT_TRUE(state_bytes(*right) == other) << what;
    }
  };
  constexpr bool has_classes = !std::is_same_v<TypeParam, score_sums>;
  constexpr bool has_cells = has_classes && !std::is_same_v<TypeParam, label_ranks>;
  constexpr bool has_scores = !std::is_same_v<TypeParam, top_label_cells> &&
                              !std::is_same_v<TypeParam, classwise_cells> && !std::is_same_v<TypeParam, label_ranks>;
  const TypeParam base = state_of(3, {});
  expect_refused(base, state_of(3, {.weights = weight_kind::importance}), "weight kinds");
  if (has_cells) expect_refused(base, state_of(3, {.bins = 14}), "bins");
  if (has_classes) expect_refused(base, state_of(4, {}), "class counts");
  if (has_scores) {
    expect_refused(base, state_of(3, {.log_floor = 1e-15}), "log floors");
    expect_refused(state_of(3, {.log_floor = 1e-12}), state_of(3, {.log_floor = 1e-15}), "log floors");
  }
}

/// What only the whole evaluation knows: names of the classes, the kind of scores, groups.
TEST(EvaluationStateLaws, AnotherConfigurationIsRefused) {
  const dataset data = random_probabilities(40, 3, 43);
  const evaluation_state base = measure(data);
  const auto expect_refused = [&](const evaluation_state& other, const std::string& what) {
    evaluation_state into = base;
    const std::string before = state_bytes(into);
    try {
      into.merge(other);
      ADD_FAILURE() << "merged although " << what << " differ";
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::state_mismatch);
      EXPECT_NE(std::string(problem.what()).find(what), std::string::npos) << problem.what();
    }
    EXPECT_TRUE(state_bytes(into) == before) << what;
    EXPECT_EQ(into.sources.size(), base.sources.size()) << what;
  };
  evaluation_state other = base;
  other.config.classes = class_names({"0", "2", "1"});
  expect_refused(other, "class 1");
  other = base;
  other.config.kind = score_kind::logits;
  expect_refused(other, "the kind of scores");
  dataset grouped = data;
  add_groups(grouped, 2, 44);
  expect_refused(measure(grouped), "grouped");
}

TEST(EvaluationStateLaws, MergingJoinsSourcesInOrderAndGroupsByName) {
  dataset data = random_probabilities(60, 3, 45);
  data.groups.assign(60, 0);
  data.group_names = {"left"};
  evaluation_state a = measure(slice(data, 0, 20));
  a.sources[0].path = "a";
  data.group_names = {"right"};
  evaluation_state b = measure(slice(data, 20, 60));
  b.sources[0].path = "b";
  a.merge(b);
  ASSERT_EQ(a.sources.size(), 2U);
  EXPECT_EQ(a.sources[0].path + a.sources[1].path, "ab");
  ASSERT_EQ(a.panels.size(), 2U);
  EXPECT_EQ(a.panels.at("left").scores.rows(), 20);
  EXPECT_EQ(a.panels.at("right").scores.rows(), 40);
  a.merge(a);
  ASSERT_EQ(a.sources.size(), 4U);
  EXPECT_EQ(a.sources[2].path + a.sources[3].path, "ab");
  EXPECT_EQ(a.panels.at("right").scores.rows(), 80);
}

template <class State>
class StateEquality : public ::testing::Test {};
using comparable_states = ::testing::Types<score_sums, top_label_cells, classwise_cells, panel_state>;
TYPED_TEST_SUITE(StateEquality, comparable_states);

/// A change of any one word of any field makes a state unequal.
TYPED_TEST(StateEquality, SeesEveryWordOfEveryField) {
  dataset data = random_probabilities(60, 3, 51);
  add_real_weights(data, 52);
  const measure_options options{.bins = 5, .weights = weight_kind::importance};
  const TypeParam state = access<TypeParam>::of(measure(data, options));
  EXPECT_TRUE(state == TypeParam(state));
  std::size_t words = 0;
  state.fields([&](const std::string& name, const field_shape&, const auto& values, presence) {
    EXPECT_FALSE(values.empty()) << name;
    words += values.size() * sizeof(values[0]) / 8;
  });
  ASSERT_GT(words, 20U);
  for (std::size_t changed = 0; changed < words; ++changed) {
    TypeParam other = state;
    std::size_t before = 0;
    other.fields([&](const std::string&, const field_shape&, auto& values, presence) {
      const std::size_t count = values.size() * sizeof(values[0]) / 8;
      if (changed >= before && changed < before + count) {
        std::uint64_t word = 0;
        char* const place = reinterpret_cast<char*>(values.data()) + 8 * (changed - before);
        std::memcpy(&word, place, 8);
        word ^= 1;
        std::memcpy(place, &word, 8);
      }
      before += count;
    });
    // The last bit of 0.0 makes a denormal number, that of an integer its neighbour: never an equal number.
    EXPECT_FALSE(state == other) << "word " << changed;
  }
}

}  // namespace
}  // namespace calibrant::testing
