#include "io/detail/label_mapper.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/detail/group_dictionary.hpp"
#include "io/detail/nearest_name.hpp"
#include "io/detail/number_text.hpp"
#include "io/detail/row_keys.hpp"

namespace calibrant::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

/// What is told of the first label that names no class.
std::string complaint(const std::vector<std::string>& classes, const std::string& label) {
  io::row_keys keys(class_names(classes), "");
  EXPECT_EQ(keys.labels().map(std::string_view(label), {}), refused_label);
  return keys.problems()[row_problem::unknown_label].got;
}

TEST(LabelMapper, MatchesNamesAsTextNeverByOrder) {
  io::row_keys keys(class_names({"zebra", "10", "ant"}), "");
  io::label_mapper& labels = keys.labels();
  EXPECT_EQ(labels.map(std::string_view("zebra"), {}), 0);
  EXPECT_EQ(labels.map(std::string_view("ant"), {}), 2);
  EXPECT_EQ(labels.map(std::string_view("10"), {}), 1);
  EXPECT_EQ(labels.map(std::int64_t{10}, {}), 1) << "\"10\" = 10";
  for (const char* text : {"Zebra", " ant", "10.0", "010", "1e1", "0", "+10"})
    EXPECT_EQ(labels.map(std::string_view(text), {}), refused_label) << text;
  EXPECT_EQ(labels.map(std::int64_t{0}, {}), refused_label) << "names are given, so an index is no label";
  EXPECT_EQ(keys.problems()[row_problem::unknown_label].count, 8U);
}

TEST(LabelMapper, IndicesWithoutNames) {
  io::row_keys keys(class_names::indexed(300), "");
  io::label_mapper& labels = keys.labels();
  EXPECT_EQ(labels.map(std::int64_t{299}, {}), 299);
  EXPECT_EQ(labels.map(std::string_view("299"), {}), 299);
  constexpr std::int64_t outside[] = {-1, 300, std::numeric_limits<std::int64_t>::min(),
                                      std::numeric_limits<std::int64_t>::max(), (std::int64_t{1} << 32) + 1};
  for (const std::int64_t label : outside) EXPECT_EQ(labels.map(label, {}), refused_label) << label;
}

TEST(LabelMapper, KeepsTheFirstOffenderAndCountsAll) {
  io::row_keys keys(class_names({"a", "b"}), " in y.csv");
  io::label_mapper& labels = keys.labels();
  EXPECT_EQ(labels.map(std::string_view("c"), {.source = 0, .row = 17, .line = 19}), refused_label);
  EXPECT_EQ(labels.map(std::string_view("d"), {.source = 0, .row = 18, .line = 20}), refused_label);
  const row_problems::entry& entry = keys.problems()[row_problem::unknown_label];
  EXPECT_EQ(entry.count, 2U);
  EXPECT_EQ(entry.row, 17U);
  EXPECT_EQ(entry.got, "has label \"c\" in y.csv (line 19), expected one of \"a\", \"b\"");
  EXPECT_EQ(labels.missing({.source = 0, .row = 3, .line = 0}), refused_label);
  EXPECT_EQ(keys.problems()[row_problem::missing_label].got, "has no label in y.csv, expected one of \"a\", \"b\"");
}

TEST(LabelMapper, TellsTheWayOut) {
  EXPECT_THAT(complaint({"p_cat", "p_dog"}, "cat"),
              EndsWith("; with --scores 'p_*' the classes are named by what follows \"p_\""));
  EXPECT_THAT(complaint({"id", "p_cat", "p_dog"}, "cat"), EndsWith("named by what follows \"p_\""))
      << "not in every name";
  EXPECT_THAT(complaint({"0", "1"}, "2"),
              EndsWith("; if the labels count from 1, name the classes so with --classes 1,2"));
  EXPECT_THAT(complaint({"0", "1", "2"}, "3"), EndsWith("with --classes 1,2,3"));
  EXPECT_THAT(complaint({"0", "1", "2", "3"}, "4"), EndsWith("with --classes 1,2,...,4"));
  EXPECT_THAT(complaint({"cat", "dog", "owl"}, "0"),
              EndsWith("; labels match class names, not positions: if they are positions, name the classes so with "
                       "--classes 0,1,..."));
  EXPECT_THAT(complaint({"0", "1"}, "cat"), EndsWith("; name the classes in the order of the columns with --classes"));
  EXPECT_THAT(complaint({"cat", "dog"}, "owl"), EndsWith("expected one of \"cat\", \"dog\""));
  EXPECT_THAT(complaint({"0", "1", "2"}, "1.0"), EndsWith("; labels match class names as text: write 1"));
  EXPECT_THAT(complaint({"0", "1", "2", "3", "4", "5", "6"}, "9"), HasSubstr("expected 0..6"));
  EXPECT_THAT(complaint({"a", "b", "c", "d", "e", "f"}, "g"), HasSubstr("\"e\" and 1 more"));
  EXPECT_THAT(complaint({"a", "b"}, std::string(500, 'x')), HasSubstr('"' + std::string(60, 'x') + '"'));
  for (const char* text : {"nan", "1e300", "-1", "inf", "1e18"}) {
    io::row_keys keys(class_names::indexed(3), "");
    EXPECT_EQ(keys.labels().map(std::string_view(text), {}), refused_label) << text;
  }
}

TEST(RowKeys, ARowIsRefusedOnce) {
  io::row_keys keys(class_names({"a", "b"}), "");
  std::int32_t label = keys.labels().map(std::string_view("c"), {});
  EXPECT_EQ(keys.weight(-1, label, {}), 0);
  EXPECT_EQ(keys.problems().total(), 1U) << "its label is refused already";
  label = 1;
  EXPECT_EQ(keys.weight(std::numeric_limits<double>::quiet_NaN(), label, {}), 0);
  EXPECT_EQ(label, refused_label);
  EXPECT_THAT(keys.problems()[row_problem::invalid_weight].got, HasSubstr("NaN or none"));
  label = 1;
  EXPECT_EQ(keys.weight(0, label, {}), 0);
  EXPECT_EQ(keys.weight(2.5, label, {}), 2.5);
  EXPECT_EQ(keys.weight(smallest_weight, label, {}), smallest_weight);
  EXPECT_EQ(keys.weight(largest_weight, label, {}), largest_weight);
  EXPECT_EQ(label, 1);
}

TEST(GroupDictionary, NumbersValuesInOrderOfAppearance) {
  io::group_dictionary groups;
  EXPECT_EQ(groups.index_of(std::string_view("south")), 0);
  EXPECT_EQ(groups.index_of(std::int64_t{7}), 1);
  EXPECT_EQ(groups.index_of(std::string_view("7")), 1) << "\"7\" = 7";
  EXPECT_EQ(groups.missing(), 2);
  EXPECT_EQ(groups.index_of(std::string_view("south")), 0);
  EXPECT_EQ(groups.index_of(std::int64_t{7}), 1);
  EXPECT_EQ(groups.names(), (std::vector<std::string>{"south", "7", "(missing)"}));
}

TEST(NearestName, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> columns = {"label", "p_cat", "weight"};
  EXPECT_THAT(io::suggest("lable", columns), HasSubstr("did you mean \"label\"?"));
  EXPECT_THAT(io::suggest("LABEL", columns), HasSubstr("did you mean \"label\"?"));
  EXPECT_EQ(io::suggest("country", columns), "columns: \"label\", \"p_cat\", \"weight\"");
  EXPECT_THAT(io::quoted_list(std::vector<std::string>(30, "x"), 10), EndsWith(" and 20 more"));
}

TEST(NumberText, OnlyWholeDecimalNumbers) {
  EXPECT_EQ(io::parse_number("1e5"), 1e5);
  EXPECT_EQ(io::parse_number("\t-0.25 "), -0.25);
  EXPECT_TRUE(std::signbit(*io::parse_number("-0")));
  EXPECT_EQ(io::parse_number("-1e-999"), 0.0);
  EXPECT_TRUE(std::signbit(*io::parse_number("-1e-999")));
  EXPECT_EQ(io::parse_number("0.000001e400"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(io::parse_number("1" + std::string(400, '0') + "e-400"), 1.0);
  EXPECT_EQ(io::parse_number("1e99999999999999999999"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(io::parse_number("1e-99999999999999999999"), 0.0);
  EXPECT_EQ(io::parse_number("0e99999999999999999999"), 0.0);
  for (const char* text : {"", " ", "+", "-", ".", "e5", "0x10", "1,5", "+-1", "1f", "infinite", "nan(", "\n1"})
    EXPECT_FALSE(io::parse_number(text)) << text;
}

}  // namespace
}  // namespace calibrant::testing
