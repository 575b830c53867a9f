#include <gtest/gtest.h>

#include <calibrant/core/edit_distance.hpp>
#include <calibrant/core/text_list.hpp>

namespace calibrant::testing {
namespace {

using texts = std::vector<std::string>;

TEST(TextList, SplitsAtEveryComma) {
  EXPECT_EQ(split_list("a,b,c"), (texts{"a", "b", "c"}));
  EXPECT_EQ(split_list("one"), texts{"one"});
  EXPECT_EQ(split_list(",a,,"), (texts{"", "a", "", ""}));
  EXPECT_EQ(split_list(""), texts{""});
}

TEST(NearestText, IsTheFirstWithinAThirdOfTheLength) {
  const texts known = {"label", "table", std::string(65, 'x')};
  ASSERT_NE(nearest_text("lable", known), nullptr);
  EXPECT_EQ(*nearest_text("lable", known), "label");
  EXPECT_EQ(*nearest_text("LABEL", known), "label");
  EXPECT_EQ(nearest_text("weight", known), nullptr);
  EXPECT_EQ(nearest_text(std::string(65, 'x'), known), nullptr) << "long texts are not compared";
  EXPECT_EQ(nearest_text("label", texts{}), nullptr);
}

}  // namespace
}  // namespace calibrant::testing
