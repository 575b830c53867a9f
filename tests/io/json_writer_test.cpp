#include <calibrant/io/json_writer.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include <simdjson.h>

#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

std::string number(double x) {
  json_writer json;
  json.value(x);
  return json.text();
}

TEST(JsonString, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_string("plain"), "\"plain\"");
  EXPECT_EQ(json_string("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(json_string("line\nbreak\ttab\r"), "\"line\\nbreak\\u0009tab\\u000d\"");
  EXPECT_EQ(json_string(std::string("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(json_string("/"), "\"/\"");
}

TEST(JsonString, KeepsUtf8AndReplacesEverythingElse) {
  for (const char* text : {"é", "東京", "𝄞", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(json_string(text), '"' + std::string(text) + '"');
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(json_string("a\xFF"
                        "b"),
            "\"a" + bad + "b\"");
  EXPECT_EQ(json_string("\x80"), '"' + bad + '"');                                // a continuation alone
  EXPECT_EQ(json_string("\xC3"), '"' + bad + '"');                                // cut short
  EXPECT_EQ(json_string("\xE6\x9D"), '"' + bad + bad + '"');                      // cut short
  EXPECT_EQ(json_string("\xC0\xAF"), '"' + bad + bad + '"');                      // overlong '/'
  EXPECT_EQ(json_string("\xE0\x80\xAF"), '"' + bad + bad + bad + '"');            // overlong '/'
  EXPECT_EQ(json_string("\xED\xA0\x80"), '"' + bad + bad + bad + '"');            // surrogate
  EXPECT_EQ(json_string("\xF4\x90\x80\x80"), '"' + bad + bad + bad + bad + '"');  // above U+10FFFF
  EXPECT_EQ(json_string("\xF8\x88\x80\x80\x80"), '"' + bad + bad + bad + bad + bad + '"');
  EXPECT_EQ(json_string("\xC3("), '"' + bad + "(\"");
}

TEST(JsonString, AnyBytesGiveJsonThatParses) {
  std::mt19937_64 random(1);
  simdjson::dom::parser parser;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string json = "[" + json_string(bytes) + "]";
    std::string_view back;
    EXPECT_EQ(parser.parse(json).at(0).get(back), simdjson::SUCCESS) << json;
  }
}

TEST(JsonNumber, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(1), "1");
  EXPECT_EQ(number(-0.0), "-0");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(number(0.30000000000000004), "0.30000000000000004");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) {
    const double x = std::bit_cast<double>(random());
    if (!std::isfinite(x)) continue;
    const std::string text = number(x);
    double back = 0;
    ASSERT_EQ(std::from_chars(text.data(), text.data() + text.size(), back).ptr, text.data() + text.size());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(x)) << text;
  }
}

TEST(JsonNumber, RefusesWhatHasNoForm) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double x : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THAT(refusal_of([&] { number(x); }), says(error_code::internal, "not finite", "expected null"));
}

TEST(JsonWriter, LaysOutADocument) {
  json_writer json;
  json.begin_object();
  json.key("empty").begin_array().end_array();
  json.key("none").begin_object().end_object();
  json.key("numbers")
      .begin_array()
      .value(1.5)
      .value(std::uint64_t{18446744073709551615U})
      .null()
      .value(true)
      .end_array();
  json.key("rows").begin_array();
  json.begin_object().key("a\"").value("b").end_object();
  json.begin_object().key("c").value(false).end_object();
  json.end_array();
  json.end_object();
  EXPECT_EQ(json.text(), R"({
  "empty": [],
  "none": {},
  "numbers": [1.5, 18446744073709551615, null, true],
  "rows": [
    {
      "a\"": "b"
    },
    {
      "c": false
    }
  ]
})");
}

}  // namespace
}  // namespace calibrant::testing
