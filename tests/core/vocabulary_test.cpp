// The small types: weights, matrix views, the confidence level, errors.
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/matrix_view.hpp>
#include <calibrant/core/scores.hpp>
#include <calibrant/core/weights.hpp>

namespace calibrant {
namespace {

TEST(Weights, IntegersBelow2To31AreExact) {
  for (const double w : {0.0, 1.0, 2.0, 0x1p31 - 1}) EXPECT_TRUE(is_exact_weight(w)) << w;
  for (const double w : {0.5, 1 + 0x1p-52, 0x1p31, 0x1p31 + 1, 0x1p60, -1.0, std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN(), 0x1p-1074})
    EXPECT_FALSE(is_exact_weight(w)) << w;
  EXPECT_EQ(name_of(weight_kind::frequency), "frequency");
  EXPECT_EQ(name_of(weight_kind::importance), "importance");
}

TEST(MatrixView, RowsMayBeAnyDistanceApartAndRunBackwards) {
  const std::vector<float> memory = {0, 1, 2, -1, 10, 11, 12, -1, 20, 21, 22, -1};
  const auto contiguous = basic_matrix_view<float>::contiguous(memory.data(), 3, 4);
  EXPECT_EQ(contiguous.row_stride, 16);
  EXPECT_EQ(contiguous.row(2)[1], 21);
  const matrix_view padded = basic_matrix_view<float>{memory.data(), 3, 3, 16};
  EXPECT_EQ(padded.rows(), 3U);
  EXPECT_EQ(padded.columns(), 3U);
  EXPECT_EQ(padded.at(1, 2), 12);
  const matrix_view backwards = basic_matrix_view<float>{memory.data() + 8, 3, 3, -16};
  EXPECT_EQ(backwards.at(0, 0), 20);
  EXPECT_EQ(backwards.at(2, 1), 1);
  const matrix_view part = backwards.slice(1, 2);
  EXPECT_EQ(part.rows(), 2U);
  EXPECT_EQ(part.at(0, 0), 10);
  EXPECT_EQ(part.at(1, 2), 2);
  // The same row again and again: a broadcast.
  const matrix_view broadcast = basic_matrix_view<float>{memory.data() + 4, 5, 3, 0};
  EXPECT_EQ(broadcast.at(4, 1), 11);
  EXPECT_EQ(matrix_view().rows(), 0U);
}

TEST(Scores, KeepTheirKind) {
  const double one[] = {0.25, 0.75};
  const matrix_view view = basic_matrix_view<double>::contiguous(one, 1, 2);
  const scores p = probabilities(view);
  const scores z = logits(view);
  EXPECT_TRUE(std::holds_alternative<probabilities>(p));
  EXPECT_TRUE(std::holds_alternative<logits>(z));
  EXPECT_EQ(view_of(p).at(0, 1), 0.75);
  EXPECT_EQ(view_of(z).columns(), 2U);
}

TEST(ConfidenceLevel, LiesBetweenZeroAndOne) {
  EXPECT_EQ(confidence_level().level(), 0.95);
  EXPECT_NEAR(confidence_level(0.9).alpha(), 0.1, 1e-16);
  for (const double level : {0.0, 1.0, -0.5, 95.0, std::numeric_limits<double>::quiet_NaN()}) {
    try {
      (void)confidence_level(level);
      ADD_FAILURE() << level << " was accepted";
    } catch (const error& problem) {
      EXPECT_EQ(problem.code(), error_code::invalid_argument);
      EXPECT_NE(std::string(problem.what()).find("expected a number between 0 and 1; pass 0.95 for 95 %"),
                std::string::npos)
          << problem.what();
    }
  }
}

TEST(ErrorCodes, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const error_code code : all_error_codes) {
    const std::string name(name_of(code));
    EXPECT_FALSE(name.empty() || name == "unknown");
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(error_code::internal) + 1) << "all_error_codes is incomplete";
  const error problem(error_code::no_rows, "what happened");
  EXPECT_EQ(problem.code(), error_code::no_rows);
  EXPECT_STREQ(problem.what(), "what happened");
}

}  // namespace
}  // namespace calibrant
