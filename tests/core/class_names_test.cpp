#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <calibrant/core/class_names.hpp>
#include <calibrant/core/error.hpp>

namespace calibrant {
namespace {

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const error& problem) {
    EXPECT_EQ(problem.code(), error_code::invalid_classes);
    return problem.what();
  }
  return "accepted";
}

TEST(ClassNames, KeepTheOrderGivenAndNeverSort) {
  const class_names names({"zebra", "10", "9", "ant"});
  ASSERT_EQ(names.size(), 4U);
  EXPECT_EQ(names[0], "zebra");
  EXPECT_EQ(names.find("ant"), 3);
  EXPECT_EQ(names.find("9"), 2);
  EXPECT_EQ(names.find(std::int64_t{9}), 2);
  EXPECT_EQ(names.find(std::int64_t{10}), 1);
  EXPECT_EQ(names.find(std::int64_t{0}), std::nullopt);  // an index is no name
  EXPECT_EQ(names.find("Zebra"), std::nullopt);
  EXPECT_EQ(names.find("zebra "), std::nullopt);
  EXPECT_EQ(names.find(""), std::nullopt);
}

TEST(ClassNames, CompareAsTextAndIntegersByTheirDecimalText) {
  const class_names names({"1", "01", "-1", "1.0"});
  EXPECT_EQ(names.find(std::int64_t{1}), 0);
  EXPECT_EQ(names.find(std::int64_t{-1}), 2);
  EXPECT_EQ(names.find("01"), 1);
  EXPECT_EQ(names.find("1.0"), 3);
  EXPECT_EQ(names.find("001"), std::nullopt);
}

TEST(ClassNames, IndexedClassesAreTheirIndex) {
  const class_names names = class_names::indexed(1000);
  ASSERT_EQ(names.size(), 1000U);
  for (const std::int32_t k : {0, 1, 9, 10, 999}) {
    EXPECT_EQ(names[static_cast<std::size_t>(k)], std::to_string(k));
    EXPECT_EQ(names.find(std::int64_t{k}), k);
    EXPECT_EQ(names.find(std::to_string(k)), k);
  }
  for (const std::int64_t label : {std::int64_t{-1}, std::int64_t{1000}, std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max(), std::int64_t{1} << 32})
    EXPECT_EQ(names.find(label), std::nullopt) << label;
  EXPECT_EQ(names.find("01"), std::nullopt);
  EXPECT_EQ(names, class_names::indexed(1000));
  // Names that happen to be 0 and 1 in the other order are no indices.
  const class_names swapped({"1", "0"});
  EXPECT_EQ(swapped.find(std::int64_t{0}), 1);
  EXPECT_NE(swapped, class_names::indexed(2));
  const class_names partly({"0", "one", "2"});
  EXPECT_EQ(partly.find(std::int64_t{1}), std::nullopt);
  EXPECT_EQ(partly.find(std::int64_t{2}), 2);
}

TEST(ClassNames, RefuseTooFewEmptyAndDoubleNames) {
  EXPECT_EQ(refusal([] { class_names({}); }), "classes: got 0, expected at least 2; give one score column per class");
  EXPECT_EQ(refusal([] { class_names({"a"}); }),
            "classes: got 1, expected at least 2; give one score column per class");
  EXPECT_EQ(refusal([] { (void)class_names::indexed(1); }),
            "classes: got 1, expected at least 2; give one score column per class");
  EXPECT_EQ(refusal([] { class_names({"a", ""}); }), "classes: name 1 is empty, expected text");
  EXPECT_EQ(refusal([] { class_names({"a", "b", "c", "b"}); }),
            "classes: the name \"b\" stands at positions 1 and 3, expected each name once");
}

TEST(ClassNames, ACopyFindsItsOwnNames) {
  class_names copy = class_names::indexed(2);
  {
    const class_names original({"a long name that does not fit into the string itself", "b"});
    copy = original;
  }
  EXPECT_EQ(copy.find("a long name that does not fit into the string itself"), 0);
  const class_names moved = std::move(copy);
  EXPECT_EQ(moved.find("b"), 1);
}

}  // namespace
}  // namespace calibrant
