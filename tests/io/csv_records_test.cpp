#include "io/detail/csv_records.hpp"

#include <string>
#include <vector>

#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

using record = std::vector<std::string>;

class CsvRecords : public ::testing::Test {
 protected:
  std::vector<record> records(const std::string& text, char separator = ',') {
    io::csv_records reader(folder_.write("t.csv", text), separator);
    std::vector<record> all;
    std::vector<std::string_view> cells;
    lines_.clear();
    while (reader.next(cells)) {
      all.emplace_back(cells.begin(), cells.end());
      lines_.push_back(reader.line());
    }
    EXPECT_EQ(reader.offset(), text.size());
    return all;
  }
  refusal reading(const std::string& text) {
    return refusal_of([&] { records(text); });
  }

  temporary_folder folder_;
  std::vector<std::uint64_t> lines_;
};

using table = std::vector<record>;

TEST_F(CsvRecords, PlainLines) {
  EXPECT_EQ(records("a,b\n1,2\n"), (table{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(lines_, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(records("a,b\n1,2"), (table{{"a", "b"}, {"1", "2"}})) << "no line break at the end";
  EXPECT_EQ(records(""), table{});
  EXPECT_EQ(records("\n\n"), (table{{""}, {""}}));
}

TEST_F(CsvRecords, EmptyCells) {
  EXPECT_EQ(records("a,,c\n,,\n"), (table{{"a", "", "c"}, {"", "", ""}}));
  EXPECT_EQ(records("\"\",\"\"\n"), (table{{"", ""}}));
  EXPECT_EQ(records("a,\"\""), (table{{"a", ""}}));
  EXPECT_EQ(records("\"a\","), (table{{"a", ""}})) << "a separator opens a cell";
}

TEST_F(CsvRecords, CarriageReturnsBelongToTheLineEnd) {
  EXPECT_EQ(records("a,b\r\n1,2\r\n"), (table{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(records("a,b\r\n1,2\r"), (table{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(records("\"a\",\"b\"\r\n"), (table{{"a", "b"}}));
  EXPECT_EQ(records("\"a\r\n\",b\r\n"), (table{{"a\r\n", "b"}})) << "inside quotes it is text";
}

TEST_F(CsvRecords, Quotes) {
  EXPECT_EQ(records("\"a,b\",\"c\"\"d\",\"\"\"\"\n"), (table{{"a,b", "c\"d", "\""}}));
  EXPECT_EQ(records("\"two\nlines\",x\nnext,y\n\"a\nb\nc\",z\nlast,w\n"),
            (table{{"two\nlines", "x"}, {"next", "y"}, {"a\nb\nc", "z"}, {"last", "w"}}));
  EXPECT_EQ(lines_, (std::vector<std::uint64_t>{1, 3, 4, 7}));
}

TEST_F(CsvRecords, OtherSeparator) {
  EXPECT_EQ(records("a\tb,c\n\"x\ty\"\tz\n", '\t'), (table{{"a", "b,c"}, {"x\ty", "z"}}));
}

TEST_F(CsvRecords, ByteOrderMark) {
  EXPECT_EQ(records("\xEF\xBB\xBF"
                    "a,b\n"),
            (table{{"a", "b"}}));
  EXPECT_EQ(records("\xEF\xBB\xBF\"a\",b\n"), (table{{"a", "b"}}));
  EXPECT_EQ(records("\xEF\xBB\xBF"), table{});
  EXPECT_EQ(records("a,\xEF\xBB\xBF\n"), (table{{"a", "\xEF\xBB\xBF"}})) << "elsewhere it is text";
}

TEST_F(CsvRecords, RecordsLongerThanTheBuffer) {
  const std::string big(3 << 20, 'x');
  EXPECT_EQ(records("a,b\n" + big + ",\"" + big + "\n" + big + "\"\nlast,1\n"),
            (table{{"a", "b"}, {big, big + "\n" + big}, {"last", "1"}}));
}

TEST_F(CsvRecords, RecordsAcrossBufferEnds) {
  // Lines of changing length put record ends, quotes and CR LF on both sides of every 1 MiB boundary.
  std::string text;
  table expected;
  for (std::size_t i = 0; text.size() < (std::size_t{5} << 20); ++i) {
    const std::string first = std::to_string(i);
    const std::string second(i % 97, 'y');
    text += first + ",\"" + second + "\"\"\"" + (i % 2 == 0 ? "\r\n" : "\n");
    expected.push_back({first, second + '"'});
  }
  EXPECT_EQ(records(text), expected);
}

TEST_F(CsvRecords, RefusesQuotesOutOfPlace) {
  constexpr error_code code = error_code::malformed_input;
  EXPECT_THAT(reading("a,b\n1,x\"y\n"), says(code, "t.csv: line 2 (byte 7)", "quote stands inside a cell"));
  EXPECT_THAT(reading("a,b\n\"1\"2,3\n"), says(code, "t.csv: line 2 (byte 7)", "'2' follows a closing quote"));
  EXPECT_THAT(reading("a,b\n1,\"open\n2,3\n"), says(code, "line 2 (byte 6)", "the quote is never closed"));
  EXPECT_THAT(reading("\"a\nb\",c\n\"x\ny\"z,1\n"), says(code, "line 4 (byte 13)", "'z' follows a closing quote"));
  EXPECT_THAT(reading("a,b\n1,\" \"\"\n"), says(code, "line 2 (byte 6)", "the quote is never closed"));
}

TEST_F(CsvRecords, RefusesBytesThatAreNoText) {
  constexpr error_code code = error_code::malformed_input;
  EXPECT_THAT(reading(std::string("a,b\n1,\0\n", 8)), says(code, "t.csv: byte 6 is NUL", "UTF-8"));
  EXPECT_THAT(reading(std::string("\xFF\xFE"
                                  "a\0,\0b\0\n\0",
                                  10)),
              says(code, "byte 3 is NUL", "save the table as UTF-8"));
  // Far into the file the offset is still that of the file.
  std::string far(3 << 20, 'x');
  for (std::size_t i = 99; i < far.size(); i += 100) far[i] = '\n';
  far[2500000] = '\0';
  EXPECT_THAT(reading(far), says(code, "byte 2500000 is NUL"));
}

TEST_F(CsvRecords, RefusesAnEndlessRecord) {
  EXPECT_THAT(reading("a,b\n1,\"" + std::string(std::size_t{65} << 20, 'x')),
              says(error_code::malformed_input, "line 2", "more than 64 MiB", "quote may be left open"));
}

}  // namespace
}  // namespace calibrant::testing
