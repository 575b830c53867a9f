#include "io/detail/column_roles.hpp"

#include <string>
#include <vector>

#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

using io::select_scores;
using names = std::vector<std::string>;
using positions = std::vector<std::size_t>;

input_options with_scores(const std::string& scores) {
  input_options options;
  options.scores = scores;
  return options;
}

refusal selecting(const names& columns, const input_options& options) {
  return refusal_of([&] { return select_scores("t.csv", columns, options); });
}

TEST(ColumnRoles, ThePatternNamesTheClasses) {
  const auto chosen = select_scores("t.csv", {"label", "p_dog", "id", "p_cat", "p_10"}, with_scores("p_*"));
  EXPECT_EQ(chosen.columns, (positions{1, 3, 4})) << "file order, never sort order";
  EXPECT_EQ(chosen.names, (names{"dog", "cat", "10"}));
  const auto middle = select_scores("t.csv", {"p_dog_raw", "p_cat", "p__raw", "p_cat_raw"}, with_scores("p_*_raw"));
  EXPECT_EQ(middle.names, (names{"dog", "cat"})) << "'*' matches at least one character";
  EXPECT_EQ(select_scores("t.csv", {"a", "b", "label"}, with_scores("*")).names, (names{"a", "b"}));
}

TEST(ColumnRoles, AKeyColumnIsNeverAScore) {
  input_options options = with_scores("p_*");
  options.label = "p_true";
  options.weight = "p_weight";
  options.group = "p_group";
  const names columns = {"p_a", "p_true", "p_b", "p_weight", "p_group"};
  EXPECT_EQ(select_scores("t.csv", columns, options).columns, (positions{0, 2}));
  options.scores.reset();
  EXPECT_EQ(select_scores("t.csv", columns, options).columns, (positions{0, 2}));
  options.scores = "p_a,p_true";
  EXPECT_THAT(selecting(columns, options),
              says(error_code::invalid_argument, "t.csv: column \"p_true\" is listed as a score and is also"));
}

TEST(ColumnRoles, AListKeepsItsOrder) {
  const auto chosen = select_scores("t.csv", {"a", "b", "c", "label"}, with_scores("c,a"));
  EXPECT_EQ(chosen.columns, (positions{2, 0}));
  EXPECT_EQ(chosen.names, (names{"c", "a"}));
}

TEST(ColumnRoles, RefusesColumnsThatAreNotThere) {
  EXPECT_THAT(selecting({"cat", "dog", "label"}, with_scores("cat,dgo")),
              says(error_code::missing_input, "t.csv: there is no score column \"dgo\"", "did you mean \"dog\"?",
                   "columns: \"cat\", \"dog\", \"label\""));
  EXPECT_THAT(selecting({"cat", "dog"}, with_scores("p_*")),
              says(error_code::missing_input, "t.csv: no column matches the pattern \"p_*\"", "columns: \"cat\""));
  EXPECT_THAT(selecting({"cat"}, with_scores("p_*_*")), says(error_code::invalid_argument, "\"p_*_*\"", "exactly one"));
  EXPECT_THAT(refusal_of([] { return io::find_column("t.csv", {"Label", "a"}, "label", "label"); }),
              says(error_code::missing_input, "t.csv: there is no label column \"label\"", "did you mean \"Label\"?"));
}

TEST(ColumnRoles, TellsWhatAnOddHeaderMeans) {
  const auto finding = [](const names& columns) {
    return refusal_of([&] { return io::find_column("t.csv", columns, "label", "label"); });
  };
  constexpr error_code code = error_code::missing_input;
  EXPECT_THAT(finding({"p_a;p_b;label"}), says(code,
                                               "t.csv: there is no label column \"label\"; the header "
                                               "\"p_a;p_b;label\" looks separated by semicolons, expected commas",
                                               "points in numbers"));
  EXPECT_THAT(finding({"p_a\tp_b"}), says(code, "looks separated by tabs"));
  EXPECT_THAT(finding({"p_a,p_b"}), says(code, "looks separated by commas"));
  EXPECT_THAT(finding({"0.25", "0.75", "cat"}),
              says(code, "the first line holds numbers such as 0.25, expected the names"));
  EXPECT_THAT(finding({"0", "1", "truth"}), says(code, "columns: \"0\", \"1\", \"truth\"; name it with --label"));
  EXPECT_THAT(selecting({"p_a;p_b;label"}, with_scores("p_c*")), says(code, "looks separated by semicolons"));
}

TEST(ColumnRoles, RefusesAColumnWithoutAName) {
  EXPECT_THAT(selecting({"", "a", "b"}, {}),
              says(error_code::invalid_classes, "t.csv: column 1 has no name", "row index", "--scores"));
  EXPECT_EQ(select_scores("t.csv", {"", "p_a", "p_b"}, with_scores("p_*")).columns, (positions{1, 2}));
}

TEST(ColumnRoles, RefusesTwoColumnsOfOneName) {
  EXPECT_THAT(refusal_of([] { io::require_distinct_columns("t.csv", {"a", "b", "a"}); }),
              says(error_code::malformed_input, "t.csv: columns 1 and 3 are both named \"a\"", "each name once"));
}

TEST(ClassResolution, NamesComeFromTheOptionThenTheColumnsThenTheIndex) {
  input_options options;
  EXPECT_EQ(io::resolve_classes("x", 2, {}, options).names(), (names{"0", "1"}));
  EXPECT_EQ(io::resolve_classes("x", 2, {"b", "a"}, options).names(), (names{"b", "a"}));
  options.classes = {"yes", "no"};
  EXPECT_EQ(io::resolve_classes("x", 2, {"b", "a"}, options).names(), (names{"yes", "no"}));
}

TEST(ClassResolution, RefusesTooFewOtherwiseManyOrRepeatedNames) {
  const auto resolving = [](std::size_t count, const names& columns, const names& classes) {
    input_options options;
    options.classes = classes;
    return refusal_of([&] { return io::resolve_classes("x.npy", count, columns, options); });
  };
  EXPECT_THAT(resolving(0, {}, {}), says(error_code::invalid_classes, "x.npy: found no score column", "at least 2"));
  EXPECT_THAT(resolving(1, {"p"}, {}), says(error_code::invalid_classes, "found 1 score column \"p\"", "at least 2"));
  EXPECT_THAT(resolving(3, {}, {"a", "b"}),
              says(error_code::shape_mismatch, "x.npy: 3 score columns and 2 class names", "one name per column"));
  EXPECT_THAT(resolving(3, {}, {"a", "b", "a"}),
              says(error_code::invalid_classes, "x.npy: classes: the name \"a\" stands at positions 0 and 2", "once"));
  EXPECT_THAT(resolving(2, {}, {"a", ""}), says(error_code::invalid_classes, "x.npy: classes: name 1 is empty"));
}

}  // namespace
}  // namespace calibrant::testing
