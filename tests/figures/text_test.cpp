#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/svg_writer.hpp>

#include <clocale>
#include <string>

#include "figures/detail/label_text.hpp"

namespace calibrant {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(NumberText, PlacesAreShort) {
  EXPECT_EQ(coordinate_text(12), "12");
  EXPECT_EQ(coordinate_text(12.5), "12.5");
  EXPECT_EQ(coordinate_text(1.0 / 3), "0.33");
  EXPECT_EQ(coordinate_text(-0.001), "0");
  EXPECT_EQ(coordinate_text(100), "100");
}

TEST(NumberText, DataReadBackAsTheSameNumber) {
  for (const double x : {0.1, 1.0 / 3, 0.9333333333333333, 1e-300, 226.0})
    EXPECT_EQ(std::stod(exact_text(x)), x) << exact_text(x);
}

TEST(NumberText, SmallSharesKeepTheirDigits) {
  EXPECT_EQ(share_text(0.705), "70.5 %");
  EXPECT_EQ(share_text(0.000534), "0.053 %");
  EXPECT_EQ(share_text(0), "0.0 %");
  EXPECT_EQ(share_text(std::nullopt), "-");
  EXPECT_EQ(share_text(-0.0931), "-9.3 %");
}

TEST(NumberText, Counts) {
  EXPECT_EQ(rows_number(1234567), "1,234,567");
  EXPECT_EQ(rows_number(12.5), "12.5");
  EXPECT_EQ(short_count(999), "999");
  EXPECT_EQ(short_count(2857), "2,857");
  EXPECT_EQ(short_count(30000), "30k");
  EXPECT_EQ(short_count(2500000), "2.5M");
}

TEST(NumberText, NoLocaleHasASay) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    EXPECT_EQ(coordinate_text(1.5), "1.5");
  }
  std::setlocale(LC_ALL, before.c_str());
}

TEST(NumberText, AnEstimateInWords) {
  const estimate error{.value = 0.1046,
                       .uncertainty = interval_estimate::of({0.0503, 0.138}, "a method"),
                       .expected_if_calibrated = 0.035,
                       .p_value = 0.001,
                       .details = {}};
  EXPECT_EQ(estimate_sentence("ECE", error, {}), "ECE 10.5 % (95 % interval 5.0 to 13.8 %; a calibrated model: 3.5 %)");
  EXPECT_EQ(estimate_sentence("AURC", error, confidence_level(0.9), false),
            "AURC 0.1046 (90 % interval 0.0503 to 0.1380; a calibrated model: 0.0350)");
  EXPECT_EQ(estimate_sentence("ECE", estimate::none("there are no rows"), {}), "ECE: there are no rows");
}

TEST(XmlText, MarkupIsText) {
  EXPECT_EQ(xml_text("<script>alert(\"1\")</script> & co"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; co");
  EXPECT_EQ(xml_text("שלום 猫 🦊"), "שלום 猫 🦊");
}

TEST(XmlText, WhatXmlForbidsIsReplaced) {
  constexpr const char* replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(xml_text(std::string_view("a\0b", 3)), std::string("a") + replaced + "b");
  EXPECT_EQ(xml_text("\x1B[31m"), std::string(replaced) + "[31m");
  EXPECT_EQ(xml_text("\xFF"), replaced);
  EXPECT_EQ(xml_text("\xC0\xBC"), std::string(replaced) + replaced) << "an overlong <";
  EXPECT_EQ(xml_text("\xED\xA0\x80"), std::string(replaced) + replaced + replaced) << "a surrogate";
  EXPECT_EQ(xml_text("\xEF\xBF\xBF"), replaced) << "U+FFFF";
  EXPECT_EQ(xml_text("a\tb\nc"), "a b c");
  EXPECT_EQ(xml_text("\xE2\x82"), std::string(replaced) + replaced) << "cut off";
}

TEST(SvgWriter, ClosesWhatItOpens) {
  svg_writer svg;
  svg.open("g", {{"class", "a\"b"}, {"x", 1.239}}).text_element("title", {}, "1 < 2").close();
  EXPECT_EQ(svg.text(), "<g class=\"a&quot;b\" x=\"1.24\">\n<title>1 &lt; 2</title>\n</g>\n");
}

TEST(SvgPath, Rectangle) {
  EXPECT_EQ(svg_path().rectangle(1, 2, 3, 4).text(), "M1 2H4V6H1Z");
  EXPECT_EQ(svg_path().dot(1.5, 2).text(), "M1.5 2h0");
  EXPECT_EQ(svg_writer().path("a", svg_path()).text(), "") << "nothing to draw is no element";
}

TEST(LabelText, NamesAreIsolatedAndCut) {
  EXPECT_EQ(shown_name("cat"), "\u2068cat\u2069");
  EXPECT_EQ(shown_name("a\nb"), "\u2068a b\u2069");
  EXPECT_EQ(shown_name("abc", 2), "\u2068ab…\u2069");
  EXPECT_EQ(shown_name("猫犬", 1), "\u2068猫…\u2069") << "characters, not bytes";
  EXPECT_EQ(shown_name("a\u202Eb\u2069\u200Fc"), "\u2068abc\u2069")
      << "no override leaves the name, and nothing ends its isolation";
}

TEST(LabelText, NamesFitIntoAWidth) {
  const std::string name(10000, 'x');
  const std::string fitted = detail::fitted_name(name, 12, 100);
  EXPECT_LE(detail::text_width(fitted, 12), 100);
  EXPECT_THAT(fitted, EndsWith("…\u2069"));
  EXPECT_EQ(detail::fitted_name("cat", 12, 100), "\u2068cat\u2069");
  EXPECT_EQ(detail::fitted_name("cat", 12, 0), "\u2068…\u2069");
}

TEST(LabelText, LinesBreakAtSpacesButNotInNumbers) {
  EXPECT_THAT(detail::wrapped("one two three", 10, 50), ElementsAre("one two", "three"));
  for (const std::string& line : detail::wrapped("it is 95 % of n = 600 rows, or 3 % of them", 10, 40)) {
    EXPECT_THAT(line, Not(StartsWith("%")));
    EXPECT_THAT(line, Not(EndsWith("=")));
  }
  EXPECT_THAT(detail::wrapped("", 10, 50), ElementsAre());
  EXPECT_THAT(detail::wrapped("averylongword b", 10, 20), ElementsAre("averylongword", "b"));
}

}  // namespace
}  // namespace calibrant
