// Every SIMD target, element type and memory layout through the whole pass: the scalar target's state, bit for bit.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/error.hpp>

#include "laws/law_fixture.hpp"
#include "support/outputs.hpp"
#include "support/state_words.hpp"

namespace calibrant::testing {
namespace {

/// Unweighted, integer and real weights of one data set.
std::vector<dataset> weightings(const dataset& plain) {
  std::vector<dataset> all = {plain, plain, plain};
  add_integer_weights(all[1], 91);
  add_real_weights(all[2], 92);
  return all;
}

template <class T>
class TargetLaws : public ::testing::Test {
 protected:
  /// The rows as T holds them.
  static dataset rounded(const dataset& data) {
    dataset copy = data;
    const stored_scores<T> stored(data);
    for (std::size_t i = 0; i < data.rows(); ++i)
      for (std::size_t k = 0; k < data.classes; ++k) copy.scores[i * data.classes + k] = stored.view().at(i, k);
    return copy;
  }

  static void expect_one_state(const dataset& plain) {
    for (const dataset& data : weightings(plain)) {
      std::string expected;
      numbers expected_numbers;
      {
        const simd_scope forced("scalar");
        const evaluation_state state = measure_view(data, stored_scores<T>(data).view());
        expected = state_bytes(state);
        expected_numbers = metric_numbers(state.total());
      }
      for (const std::string& target : simd_targets()) {
        const simd_scope forced(target);
        ASSERT_EQ(active_simd_target(), target);
        for (const bool backwards : {false, true})
          for (const std::size_t gap : {0, 1, 3, 16}) {
            const stored_scores<T> stored(data, gap, backwards);
            const evaluation_state state = measure_view(data, stored.view());
            const std::string where = target + ", " + data.name + ", " + std::to_string(gap) +
                                      " elements between rows" + (backwards ? ", backwards" : "");
            if (data.kind == score_kind::logits && target == "sse4")
              EXPECT_EQ(differences(metric_numbers(state.total()), expected_numbers, logit_tolerance), "") << where;
            else
              EXPECT_TRUE(state_bytes(state) == expected) << where;
          }
      }
    }
  }
};
using element_types = ::testing::Types<float16, float, double>;
TYPED_TEST_SUITE(TargetLaws, element_types);

TYPED_TEST(TargetLaws, ProbabilitiesGiveTheScalarTargetsState) {
  for (const dataset& data : law_datasets()) {
    if (data.kind == score_kind::logits) continue;
    // float16 rows of many classes may miss a sum of 1 by more than the tolerance; the others hold everything.
    if (sizeof(TypeParam) == 2 && data.classes == 1000) continue;
    this->expect_one_state(data);
  }
  for (const std::size_t classes : {4, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 129, 257})
    this->expect_one_state(random_probabilities(29, classes, 100 + classes, 1.5));
}

TYPED_TEST(TargetLaws, LogitsGiveTheScalarTargetsState) {
  for (const std::size_t classes : {2, 3, 5, 8, 10, 16, 17, 33, 64, 65, 129, 1000})
    this->expect_one_state(random_logits(classes > 100 ? 13 : 90, classes, 200 + classes));
}

/// The type in which numbers are stored does not matter: the same numbers in float64 give the same state.
TYPED_TEST(TargetLaws, TheStoredTypeDoesNotMatter) {
  std::vector<dataset> sets = {grid_probabilities(500, 3, 301), grid_probabilities(500, 10, 302, false),
                               random_logits(300, 5, 303), random_probabilities(300, 6, 304)};
  for (const dataset& plain : sets)
    for (const dataset& data : weightings(this->rounded(plain)))
      EXPECT_TRUE(state_bytes(measure_view(data, stored_scores<TypeParam>(data).view())) ==
                  state_bytes(measure_view(data, stored_scores<double>(data).view())))
          << data.name;
}

TEST(TargetChoice, AnUnknownTargetIsRefusedAndChangesNothing) {
  const std::string before = active_simd_target();
  try {
    force_simd_target("sse9");
    FAIL() << "sse9 was accepted";
  } catch (const error& problem) {
    EXPECT_EQ(problem.code(), error_code::unsupported);
    for (const std::string& target : simd_targets())
      EXPECT_NE(std::string(problem.what()).find(target), std::string::npos) << problem.what();
  }
  EXPECT_EQ(active_simd_target(), before);
  EXPECT_EQ(before, simd_targets().front());
}

}  // namespace
}  // namespace calibrant::testing
