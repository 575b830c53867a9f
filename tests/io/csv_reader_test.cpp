#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "io/detail/table_file.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

/// A table with score columns 0 and 1 and the label in column 2, read to its end.
class CsvReader : public ::testing::Test {
 protected:
  void read(const std::string& text, io::column_roles roles = {.scores = {0, 1}, .label = 2, .weight = {}, .group = {}},
            std::size_t at_most = 1000) {
    const auto table = io::open_csv(folder_.write("t.csv", text), ',');
    columns_ = table->columns();
    const auto reader = table->rows(roles, false);
    keys_ = std::make_unique<io::row_keys>(class_names({"a", "b"}), "");
    into_ = {};
    while (const std::size_t got = reader->read(at_most, into_, *keys_)) into_.rows += got;
  }
  refusal reading(const std::string& text) {
    return refusal_of([&] { read(text); });
  }
  /// What the cell means as a score; the other score is 0.
  double score(const std::string& cell) {
    read("a,b,label\n" + cell + ",0,a\n");
    return into_.float64[0];
  }

  temporary_folder folder_;
  std::vector<std::string> columns_;
  std::unique_ptr<io::row_keys> keys_;
  batch_buffers into_;
};

TEST_F(CsvReader, ReadsScoresAndKeys) {
  read("p_a,p_b,label,w,g\n0.25,0.75,b,2,north\n1,0,a,0.5,\n0.5,0.5,b,1,south\n",
       {.scores = {1, 0}, .label = 2, .weight = 3, .group = 4});
  EXPECT_EQ(columns_, (std::vector<std::string>{"p_a", "p_b", "label", "w", "g"}));
  EXPECT_EQ(into_.rows, 3U);
  EXPECT_EQ(into_.type, score_type::float64);
  EXPECT_EQ(std::vector<double>(into_.float64.begin(), into_.float64.begin() + 6),
            (std::vector<double>{0.75, 0.25, 0, 1, 0.5, 0.5}));
  EXPECT_EQ(into_.labels, (std::vector<std::int32_t>{1, 0, 1}));
  EXPECT_EQ(into_.weights, (std::vector<double>{2, 0.5, 1}));
  EXPECT_EQ(into_.groups, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(keys_->groups().names(), (std::vector<std::string>{"north", "(missing)", "south"}));
}

TEST_F(CsvReader, ReadsInPiecesAsInOne) {
  std::string text = "a,b,label\n";
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",0.5," + (i % 3 == 0 ? "a" : "b") + "\n";
  read(text);
  const batch_buffers whole = into_;
  read(text, {.scores = {0, 1}, .label = 2, .weight = {}, .group = {}}, 7);
  EXPECT_EQ(into_.rows, 1000U);
  EXPECT_EQ(into_.labels, whole.labels);
  EXPECT_TRUE(std::equal(into_.float64.begin(), into_.float64.begin() + 2000, whole.float64.begin()));
}

TEST_F(CsvReader, NumbersInEveryNotation) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(score("0.1"), 0.1);
  EXPECT_EQ(score("1e-3"), 1e-3);
  EXPECT_EQ(score("1E+2"), 100);
  EXPECT_EQ(score("+0.5"), 0.5);
  EXPECT_EQ(score("-.5"), -0.5);
  EXPECT_EQ(score("5."), 5);
  EXPECT_EQ(score(" 0.5\t"), 0.5);
  EXPECT_EQ(score("\"0.5\""), 0.5);
  EXPECT_EQ(score("0.1000000000000000055511151231257827"), 0.1);
  EXPECT_EQ(score("inf"), infinity);
  EXPECT_EQ(score("-Infinity"), -infinity);
  EXPECT_TRUE(std::isnan(score("nan")));
  EXPECT_TRUE(std::isnan(score("NaN")));
  EXPECT_TRUE(std::isnan(score("")));
  EXPECT_TRUE(std::isnan(score("  ")));
  EXPECT_EQ(score("1e400"), infinity);
  EXPECT_EQ(score("-1e400"), -infinity);
  EXPECT_EQ(score("1e-400"), 0);
  EXPECT_EQ(score("4.9406564584124654e-324"), std::numeric_limits<double>::denorm_min());
}

TEST_F(CsvReader, RefusesWhatIsNoNumber) {
  for (const char* cell : {"0x1p-3", "0,5", "1.2.3", "1e", "--1", "+-1", "++1", "one", "1 2", "0.5%",
                           "\xE2\x88\x92"
                           "1",
                           "None"}) {
    const std::string quoted = std::string("\"") + cell + '"';
    EXPECT_THAT(reading("a,b,label\n0,0,a\n0," + quoted + ",a\n"),
                says(error_code::malformed_input,
                     "t.csv: row 1 (line 3), column \"b\": got \"" + std::string(cell) + "\"", "expected a number"))
        << cell;
  }
}

TEST_F(CsvReader, ALongCellIsShownInPart) {
  EXPECT_THAT(reading("a,b,label\n" + std::string(500, 'x') + ",0,a\n"),
              says(error_code::malformed_input, "got \"" + std::string(40, 'x') + "\", expected a number"));
}

TEST_F(CsvReader, RefusesRaggedRows) {
  EXPECT_THAT(reading("a,b,label\n1,0,a\n1,0\n"),
              says(error_code::malformed_input, "t.csv: line 3 (row 1) has 2 cells, expected 3 as in the header"));
  EXPECT_THAT(reading("a,b,label\n1,0,a,\n"), says(error_code::malformed_input, "line 2 (row 0) has 4 cells"));
  EXPECT_THAT(reading("a,b,label\n1,0,a\n\n1,0,a\n"),
              says(error_code::malformed_input, "t.csv: line 3 is empty, expected 3 cells", "remove the empty line"));
}

TEST_F(CsvReader, EmptyLinesMayEndTheFile) {
  read("a,b,label\n1,0,a\n\n\r\n\n");
  EXPECT_EQ(into_.rows, 1U);
}

TEST_F(CsvReader, HeaderAlone) {
  read("a,b,label\n");
  EXPECT_EQ(into_.rows, 0U);
  read("a,b,label");
  EXPECT_EQ(into_.rows, 0U);
  EXPECT_THAT(reading(""), says(error_code::malformed_input, "t.csv: the file is empty", "names the columns"));
  EXPECT_THAT(reading("a,label,a\n"),
              says(error_code::malformed_input, "columns 1 and 3 are both named \"a\"", "each name once"));
}

TEST_F(CsvReader, LabelsAndWeightsThatCannotBeUsed) {
  read("a,b,label,w\n1,0,a,1\n1,0,,1\n1,0,c,1\n1,0,b,-1\n1,0,b,\n1,0,b,inf\n",
       {.scores = {0, 1}, .label = 2, .weight = 3, .group = {}});
  const std::int32_t no = refused_label;
  EXPECT_EQ(into_.labels, (std::vector<std::int32_t>{0, no, no, no, no, no}));
  const row_problems& problems = keys_->problems();
  EXPECT_EQ(problems[row_problem::missing_label].count, 1U);
  EXPECT_EQ(problems[row_problem::missing_label].got, "has no label (line 3), expected one of \"a\", \"b\"");
  EXPECT_EQ(problems[row_problem::unknown_label].count, 1U);
  EXPECT_EQ(problems[row_problem::unknown_label].got, "has label \"c\" (line 4), expected one of \"a\", \"b\"");
  EXPECT_EQ(problems[row_problem::invalid_weight].count, 3U);
  EXPECT_EQ(problems[row_problem::invalid_weight].row, 3U);
  EXPECT_EQ(problems[row_problem::invalid_weight].got,
            "has weight -1 (line 5), expected a finite number of at least 0");
}

}  // namespace
}  // namespace calibrant::testing
