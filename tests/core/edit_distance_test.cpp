#include <calibrant/core/edit_distance.hpp>

#include <string>

#include <gtest/gtest.h>

namespace calibrant::testing {
namespace {

TEST(EditDistance, CountsTheSmallestNumberOfEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("label", "label"), 0U);
  EXPECT_EQ(edit_distance("Label", "LABEL"), 0U) << "capitals aside";
  EXPECT_EQ(edit_distance("lable", "label"), 1U) << "neighbours swapped";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U) << "no part is edited twice";
  EXPECT_EQ(edit_distance("abcd", "badc"), 2U);
}

TEST(EditDistance, IsSymmetric) {
  const std::string words[] = {"weight", "wieght", "height", "w", "", "group", "--group"};
  for (const std::string& a : words)
    for (const std::string& b : words) EXPECT_EQ(edit_distance(a, b), edit_distance(b, a)) << a << ' ' << b;
}

}  // namespace
}  // namespace calibrant::testing
