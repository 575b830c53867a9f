#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "io/detail/jsonl_lines.hpp"
#include "io/detail/score_columns.hpp"
#include "io/detail/table_file.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace calibrant::testing {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class JsonlReader : public ::testing::Test {
 protected:
  /// Reads everything; the scores are chosen as for predictions, the label is "y" if the first record has it.
  void read(const std::string& text, std::size_t at_most = 1000) {
    const std::string path = folder_.write("t.jsonl", text);
    const auto table = io::open_jsonl(path, kind_);
    columns_ = table->columns();
    options_.label = "y";
    io::column_roles roles = roles_;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i] == "y") roles.label = i;
    const io::score_choice scores = io::choose_scores(path, *table, options_);
    roles.scores = scores.columns;
    const auto reader = table->rows(roles, false);
    keys_ = std::make_unique<io::row_keys>(io::resolve_classes(path, scores.count, scores.names, options_), "");
    into_ = {};
    while (const std::size_t got = reader->read(at_most, into_, *keys_)) into_.rows += got;
    EXPECT_EQ(reader->bytes_read(), text.size());
    scores_.assign(into_.float64.begin(),
                   into_.float64.begin() + static_cast<std::ptrdiff_t>(into_.rows * scores.count));
  }
  refusal reading(const std::string& text) {
    return refusal_of([&] { read(text); });
  }
  /// What a number means as a score.
  double score(const std::string& token) {
    read("[1," + token + "]");
    return scores_[1];
  }
  [[nodiscard]] const std::vector<std::string>& classes() const { return keys_->classes().names(); }

  temporary_folder folder_;
  std::optional<score_kind> kind_ = score_kind::probabilities;
  input_options options_;
  io::column_roles roles_;
  std::vector<std::string> columns_;
  std::unique_ptr<io::row_keys> keys_;
  batch_buffers into_;
  std::vector<double> scores_;
};

using numbers = std::vector<double>;
using names = std::vector<std::string>;
using indices = std::vector<std::int32_t>;

TEST_F(JsonlReader, ScoresAsAnArray) {
  read("{\"y\": 1, \"p\": [0.25, 0.75], \"text\": \"a\\\"b\"}\n{\"p\":[1,0],\"y\":\"0\"}\r\n\n \n");
  EXPECT_EQ(columns_, (names{"y", "p", "text"}));
  EXPECT_EQ(classes(), (names{"0", "1"}));
  EXPECT_EQ(scores_, (numbers{0.25, 0.75, 1, 0}));
  EXPECT_EQ(into_.labels, (indices{1, 0}));
}

TEST_F(JsonlReader, LinesMayBeArraysOfScores) {
  read("\xEF\xBB\xBF[0.25, 0.75]\n[1,0]");
  EXPECT_EQ(scores_, (numbers{0.25, 0.75, 1, 0}));
}

TEST_F(JsonlReader, ScoresByClassInAnyOrder) {
  read(
      "{\"p\":{\"cat\":0.25,\"dog\":0.5,\"o\\u0077l\":0.25},\"y\":\"dog\"}\n"
      "{\"y\":\"owl\",\"p\":{\"owl\":1,\"cat\":0,\"dog\":0}}\n{\"p\":{\"dog\":1},\"y\":\"cat\"}\n");
  EXPECT_EQ(classes(), (names{"cat", "dog", "owl"}));
  EXPECT_EQ(scores_, (numbers{0.25, 0.5, 0.25, 0, 0, 1, 0, 1, 0}));
  EXPECT_EQ(into_.labels, (indices{1, 2, 0}));
  kind_ = score_kind::logits;
  read("{\"p\":{\"A\":-1,\"B\":-2}}\n{\"p\":{\"B\":-3}}\n");
  EXPECT_EQ(scores_, (numbers{-1, -2, -infinity, -3}));
}

TEST_F(JsonlReader, NamedClassesDecideTheOrderOfKeys) {
  options_.classes = {"C", "B", "A"};
  read("{\"p\":{\"A\":0.5,\"B\":0.5}}\n{\"p\":{\"B\":0.25,\"C\":0.75}}\n");
  EXPECT_EQ(scores_, (numbers{0, 0.5, 0.5, 0.75, 0.25, 0}));
}

TEST_F(JsonlReader, OneFieldPerClass) {
  kind_ = score_kind::logits;
  read("{\"A\":-1,\"B\":-2,\"y\":\"A\"}\n{\"new\":{},\"B\":-3,\"y\":\"B\"}\n");
  EXPECT_EQ(classes(), (names{"A", "B"}));
  EXPECT_EQ(scores_, (numbers{-1, -2, -infinity, -3}));
  EXPECT_EQ(into_.labels, (indices{0, 1}));
}

TEST_F(JsonlReader, FieldsInsideFields) {
  const std::string text =
      "{\"id\":[{\"x\":[1]}],\"choice\":{\"n\":\"x\",\"logprobs\":{\"A\":0.5,\"B\":0.5}},\"y\":\"B\"}\n"
      "{\"choice\":{\"logprobs\":{\"A\":1},\"more\":[[],{}]},\"y\":\"A\",\"id\":null}\n";
  read(text);
  EXPECT_EQ(columns_,
            (names{"id", "choice", "choice.n", "choice.logprobs", "choice.logprobs.A", "choice.logprobs.B", "y"}));
  EXPECT_EQ(scores_, (numbers{0.5, 0.5, 1, 0}));
  options_.scores = "choice.logprobs.*";
  read(text);
  EXPECT_EQ(classes(), (names{"A", "B"}));
  EXPECT_EQ(scores_, (numbers{0.5, 0.5, 1, 0}));
}

TEST_F(JsonlReader, Keys) {
  roles_ = {.weight = 2, .group = 3};
  options_.weight = "w";
  options_.group = "g";
  read(
      "{\"p\":[1,0],\"y\":true,\"w\":2,\"g\":\"n\\u00f6rd\"}\n{\"p\":[1,0],\"y\":\"\",\"w\":0.5}\n"
      "{\"p\":[1,0],\"y\":0,\"w\":null,\"g\":7}\n{\"p\":[1,0],\"y\":1.0,\"w\":true,\"g\":null}\n");
  EXPECT_EQ(into_.labels, (indices{1, refused_label, refused_label, refused_label}));
  EXPECT_EQ(into_.weights, (numbers{2, 0.5, 0, 1}));
  EXPECT_EQ(into_.groups, (indices{0, 1, 2, 1}));
  EXPECT_EQ(keys_->groups().names(), (names{"nörd", "(missing)", "7"}));
  EXPECT_EQ(keys_->problems()[row_problem::missing_label].row, 1U);
  EXPECT_EQ(keys_->problems()[row_problem::invalid_weight].row, 2U);
  EXPECT_THAT(keys_->problems()[row_problem::unknown_label].got, ::testing::HasSubstr("label \"1.0\" (line 4)"));
}

TEST_F(JsonlReader, Numbers) {
  EXPECT_EQ(score("0.1"), 0.1);
  EXPECT_EQ(score("1E-3"), 1e-3);
  EXPECT_EQ(score("-0"), 0);
  EXPECT_TRUE(std::signbit(score("-0")));
  EXPECT_EQ(score("0.1000000000000000055511151231257827021181583404541015625"), 0.1);
  EXPECT_EQ(score("0.31338843078325062663"), 0.31338843078325062663);
  EXPECT_EQ(score("0.313388430783250626"), 0.313388430783250626);
  EXPECT_EQ(score("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(score("5e-324"), 5e-324);
  EXPECT_EQ(score("1e400"), infinity);
  EXPECT_EQ(score("-1e400"), -infinity);
  EXPECT_EQ(score("1e-400"), 0);
  EXPECT_EQ(score("Infinity"), infinity);
  EXPECT_EQ(score("-Infinity"), -infinity);
  EXPECT_TRUE(std::isnan(score("NaN")));
  EXPECT_TRUE(std::isnan(score("null")));
  for (const char* token : {"01", "+1", ".5", "1.", "1e", "nan", "inf", "1_0", "0x1", "tru", "--1", "-", "1 2", ""})
    EXPECT_EQ(reading("[1," + std::string(token) + "]").code, error_code::malformed_input) << token;
}

TEST_F(JsonlReader, NumbersOfEveryLength) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 3000; ++i) {
    const double x = static_cast<double>(random() >> 11) * 0x1p-53 * std::exp2(static_cast<double>(random() % 80) - 70);
    std::string text;
    numbers expected;
    for (const char* format : {"%.*f", "%.*e", "%.*g"})
      for (int digits = 1; digits < 40; digits += 1 + static_cast<int>(random() % 5)) {
        char token[128];
        std::snprintf(token, sizeof(token), format, digits, x);
        text += (text.empty() ? "[" : ",") + std::string(token);
        expected.push_back(std::strtod(token, nullptr));
      }
    read(text + "]\n");
    ASSERT_EQ(scores_, expected) << text;
  }
}

TEST_F(JsonlReader, ReadsInPiecesAsInOne) {
  std::string text;
  for (int i = 0; i < 3000; ++i)  // more than one chunk of a file
    text += "{\"pad\":\"" + std::string(500, 'x') + "\",\"p\":[" + std::to_string(i) +
            ",0.5],\"y\":" + std::to_string(i % 2) + "}\n";
  read(text);
  const numbers whole = scores_;
  EXPECT_EQ(whole[5998], 2999);
  read(text, 7);
  EXPECT_EQ(scores_, whole);
  EXPECT_EQ(into_.labels.back(), 1);
}

TEST_F(JsonlReader, SaysWhatIsWrong) {
  constexpr error_code code = error_code::malformed_input;
  const std::string good = "{\"p\":{\"A\":0.5,\"B\":0.5},\"y\":\"A\"}\n";
  const auto second = [&](const std::string& line) { return reading(good + line + "\n"); };
  const auto is_line_2 = [&](auto... parts) { return says(code, "t.jsonl: line 2 (row 1): ", parts...); };
  EXPECT_THAT(reading(""), says(code, "t.jsonl: the file is empty, expected one JSON object per line"));
  EXPECT_THAT(reading("\n" + good), says(code, "t.jsonl: line 1 is empty", "remove the empty line"));
  EXPECT_THAT(reading("7\n"),
              says(code, "line 1 (row 0): expected one JSON object or array per line", "a single value"));
  EXPECT_THAT(second("{\"p\":{\"A\":1}"), is_line_2("expected one JSON object", "do not fit together"));
  EXPECT_THAT(second("{\"p\":{\"A\":1}} 1"), is_line_2("something follows the JSON value"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"y\":\"A"), is_line_2("a text is never closed"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"y\":\"\xff\"}"), is_line_2("it is not UTF-8"));
  EXPECT_THAT(second("[1,0]"), is_line_2("not of the same kind as the first line"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"z\":[1 2]}"), is_line_2("do not fit together"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"z\":[1}"), is_line_2("do not fit together"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"z\":bad}"), is_line_2("do not fit together"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"z\":" + std::string(100, '[') + std::string(100, ']') + "}"),
              is_line_2("nested more deeply than 64 levels"));
  EXPECT_THAT(second("{\"p\":{\"C\":1}}"),
              is_line_2("field \"p\" has the key \"C\", which is no class of \"A\", \"B\"", "--classes"));
  EXPECT_THAT(second("{\"p\":{\"A\":1,\"A\":0}}"), is_line_2("field \"p\" has the key \"A\" twice"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"p\":{\"A\":1}}"), is_line_2("field \"p\" stands there twice"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"y\":\"A\",\"y\":\"B\"}"), is_line_2("field \"y\" stands there twice"));
  EXPECT_THAT(second("{\"p\":{\"A\":\"x\"}}"), is_line_2("field \"p\" holds \"x\", expected numbers as scores"));
  EXPECT_THAT(second("{\"p\":[1,0]}"), is_line_2("field \"p\" holds an array, expected an object"));
  EXPECT_THAT(second("{\"p\":{}}"), is_line_2("field \"p\" is absent, expected scores in every row"));
  EXPECT_THAT(second("{\"y\":\"A\"}"), is_line_2("field \"p\" is absent"));
  EXPECT_THAT(second("{\"p\":{\"A\":1},\"y\":{\"x\":1}}"),
              is_line_2("field \"y\" holds an object, expected text or a number"));
  EXPECT_THAT(reading("{\"p\":[1,0]}\n{\"p\":[1]}\n"),
              is_line_2("field \"p\" has 1 scores, expected 2", "keys are the classes"));
  EXPECT_THAT(reading("{\"p\":[1,0]}\n{\"p\":[1,0,0]}\n"), is_line_2("field \"p\" has 3 scores, expected 2"));
  EXPECT_THAT(reading("{\"p\":[1,0],\"q\":[1,0]}\n"),
              says(error_code::missing_input, "\"p\", \"q\" may all be the scores"));
  EXPECT_THAT(reading("{\"A\":1,\"A\":0}\n"), says(code, "columns 1 and 2 are both named \"A\""));
  EXPECT_THAT(reading("{\"A\":1,\"B\":0}\n{\"C\":1}\n"), is_line_2("all fields of scores are absent"));
  EXPECT_THAT(reading("{\"A\":1,\"B\":\"x\"}\n"),
              says(code, "line 1 (row 0): field \"B\" holds \"x\", expected numbers"));
  EXPECT_THAT(reading(std::string(2000, '[')), says(code, "line 1 (row 0)", "nested more deeply"));
}

}  // namespace
}  // namespace calibrant::testing
