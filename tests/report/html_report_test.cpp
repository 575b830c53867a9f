#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <calibrant/core/error.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/io/sha256.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>
#include <calibrant/metrics/reliability_diagram.hpp>
#include <calibrant/report/html_report.hpp>

#include <set>
#include <string>
#include <vector>

#include "report/detail/page_source.hpp"
#include "support/dataset.hpp"
#include "support/measure.hpp"
#include "support/overconfident_rows.hpp"

namespace calibrant::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

evaluation_state measured(const dataset& data) {
  return measure(data, {.parts = panel_parts::all() | panel_part::row_scores});
}

std::string page_of(const evaluation_state& state, const report_options& options = {}) {
  return html_report(state, evaluate(state), options);
}

std::string page_with(std::vector<std::string> names) {
  evaluation_state state = measured(overconfident(600, names.size()));
  state.config.classes = class_names(std::move(names));
  return page_of(state);
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  return text.substr(from + begin.size(), text.find(end, from + begin.size()) - from - begin.size());
}

std::string hex_of(const std::string& text) {
  sha256 hash;
  hash.update(std::as_bytes(std::span(text)));
  return hash.finish();
}

/// What "sha256-..." says, in hex.
std::string hex_of_policy(const std::string& base64) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits;
  for (const char c : base64.substr(7)) {
    if (c == '=') break;
    const std::size_t value = alphabet.find(c);
    for (int i = 5; i >= 0; --i) bits += (value >> i & 1) != 0 ? '1' : '0';
  }
  std::string hex;
  for (std::size_t i = 0; i + 4 <= bits.size() && hex.size() < 64; i += 4)
    hex += "0123456789abcdef"[std::stoul(bits.substr(i, 4), nullptr, 2)];
  return hex;
}

TEST(HtmlReport, HasEveryPartAndEqualBytes) {
  dataset data = overconfident(600, 3);
  for (std::size_t i = 0; i < data.rows(); ++i) data.groups.push_back(static_cast<std::int32_t>(i % 2));
  data.group_names = {"left", "right"};
  const evaluation_state state = measured(data);
  const std::string page = page_of(state, {.command = "calibrant report a.csv", .before = &state});
  for (const char* const id : {"summary", "next", "reliability", "classes", "chooser", "groups", "before-after",
                               "robustness", "numbers", "provenance", "class-table", "metric-table", "group-table"})
    EXPECT_THAT(page, HasSubstr(std::string(" id=\"") + id + "\"")) << id;
  for (const char* const figure : {"reliability", "confidence", "classes", "class-frequency", "simplex", "groups",
                                   "before-after", "bins", "risk-coverage"})
    EXPECT_THAT(page, HasSubstr(std::string("<figure id=\"card-") + figure + "\"")) << figure;
  EXPECT_THAT(page, HasSubstr("calibrant report a.csv"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  EXPECT_EQ(page, page_of(state, {.command = "calibrant report a.csv", .before = &state}));
}

TEST(HtmlReport, LoadsNothingAndRunsItsOwnScriptAlone) {
  const std::string page = page_of(measured(overconfident(600, 3)));
  std::string without_namespace = page;
  for (std::size_t at; (at = without_namespace.find("http://www.w3.org/2000/svg")) != std::string::npos;)
    without_namespace.erase(at, 26);
  for (const char* const elsewhere : {"http:", "https:", "src=", "url(", "@import", "<link", "<base", " style=\""})
    EXPECT_THAT(without_namespace, Not(HasSubstr(elsewhere))) << elsewhere;
  const std::string policy = between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(hex_of_policy(between(policy, "style-src '", "'")), hex_of(between(page, "<style>", "</style>")));
  EXPECT_EQ(hex_of_policy(between(policy, "script-src '", "'")), hex_of(between(page, "<script>", "</script>")));
}

TEST(HtmlReport, IdsAreUnique) {
  const evaluation_state state = measured(overconfident(600, 3));
  const std::string page = page_of(state, {.before = &state});
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos; at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
  EXPECT_GT(ids.size(), 30U);
}

TEST(HtmlReport, NamesAreHarmless) {
  const std::string page = page_with(
      {"<script>alert(1)</script>", "\u202eשלום\u202c", std::string(10'000, 'x'), "</style><b>\"'&", "]]>--><!--"});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("</style><b>")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  EXPECT_THAT(page, Not(HasSubstr("\u202e")));
  EXPECT_THAT(page, Not(HasSubstr(std::string(301, 'x'))));
  EXPECT_LT(page.size(), 260'000U);
}

TEST(HtmlReport, IsSmallForAThousandClasses) {
  std::vector<std::string> names;
  for (int k = 0; k < 1000; ++k) names.push_back("class number " + std::to_string(k) + " of a long list");
  evaluation_state state = measure(overconfident(20'000, 1000), {.parts = report_parts({}, 1000)});
  state.config.classes = class_names(std::move(names));
  const std::string page = page_of(state);
  EXPECT_LT(page.size(), 400'000U);
  EXPECT_THAT(page, HasSubstr("1,000 classes"));
}

/// Reads what src/report/class_data.cpp writes, in the way that the script of the page does.
class class_data_reader {
 public:
  explicit class_data_reader(std::string text, bool whole) : text_(std::move(text)), whole_(whole) {}
  bool next_class() { return at_ < text_.size() && (text_[at_] != '.' || ++at_ > 0); }
  double count() { return varint() / (whole_ ? 1 : 1000); }
  double share() {
    const double high = digit();
    return (64 * high + digit()) / 4095;
  }
  double hits(double count) { return whole_ ? varint() / count : share(); }

 private:
  double digit() {
    return static_cast<double>(
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").find(text_[at_++]));
  }
  double varint() {
    double x = 0;
    for (double scale = 1;; scale *= 32) {
      const double d = digit();
      x += std::fmod(d, 32) * scale;
      if (d < 32) return x;
    }
  }

  std::string text_;
  bool whole_;
  std::size_t at_ = 0;
};

TEST(HtmlReport, TheChooserHasTheBinsOfEveryClass) {
  for (const bool weighted : {false, true}) {
    dataset data = overconfident(900, 5);
    if (weighted)
      for (std::size_t i = 0; i < data.rows(); ++i) data.weights.push_back(0.5 + static_cast<double>(i % 3));
    const evaluation_state state = measure(data, {.weights = weight_kind::importance});
    const evaluation result = evaluate(state);
    const report_options options;
    const detail::page_source source{
        .state = state, .result = result, .total = state.panels.begin()->second, .options = options};
    const std::vector<std::size_t> order = detail::classes_by_error(source);
    class_data_reader read(between(detail::class_data(source, order), "\"data\":\"", "\""), !state.weighted);
    std::set<std::pair<double, double>> known;
    for (const std::size_t k : order) {
      ASSERT_TRUE(read.next_class());
      for (const reliability_bin& bin : class_reliability(source.total.classwise, k, {})) {
        ASSERT_NEAR(read.count(), bin.count, state.weighted ? 5e-4 : 0);
        if (!(bin.count > 0)) continue;
        EXPECT_NEAR(bin.lower + read.share() * (bin.upper - bin.lower), *bin.confidence, 2e-5);
        EXPECT_NEAR(read.hits(bin.count), *bin.accuracy, state.weighted ? 2e-4 : 1e-15);
        if (state.weighted || known.emplace(bin.count, std::round(*bin.accuracy * bin.count)).second) {
          EXPECT_NEAR(read.share(), bin.bounds->lower, 2e-4);
          EXPECT_NEAR(read.share(), bin.bounds->upper, 2e-4);
        }
        EXPECT_LE(read.hits(bin.count), *bin.confidence + 1e-3);
        EXPECT_GE(read.hits(bin.count), *bin.confidence - 1e-3);
      }
    }
    EXPECT_FALSE(read.next_class());
  }
}

TEST(HtmlReport, WhatWasNotMeasuredIsLeftOut) {
  const evaluation_state state = measure(overconfident(300, 4), {.parts = panel_part::top_label});
  const std::string page = html_report(state, evaluate(state, {.metrics = {"ece"}}));
  EXPECT_THAT(page, HasSubstr("<figure id=\"card-reliability\""));
  EXPECT_THAT(page, Not(HasSubstr("<figure id=\"card-classes\"")));
  EXPECT_THAT(page, Not(HasSubstr("id=\"chooser\"")));
  EXPECT_THAT(page, HasSubstr("data-metric=\"ece\""));
}

TEST(HtmlReport, NumbersOfAnotherPackageAreRefused) {
  evaluation_state state = measured(overconfident(50, 3));
  const evaluation result = evaluate(state);
  state.config.peer = peer_choice{.entry = &peer_catalog().front(), .bins = 10, .class_bins = 10, .parts = {}};
  EXPECT_THROW((void)html_report(state, result), error);
}

TEST(PageTemplate, FillsEachNameOnce) {
  EXPECT_EQ(detail::filled_page("a {{x}} b {{y}}", {{"x", "{{y}}"}, {"y", "2"}}), "a {{y}} b 2");
  EXPECT_THROW((void)detail::filled_page("{{z}}", {{"x", ""}}), error);
  EXPECT_THROW((void)detail::filled_page("{{x", {{"x", ""}}), error);
}

TEST(PageTemplate, HashesAsPoliciesWriteThem) {
  // The SHA-256 of no bytes (FIPS 180-4), in base 64.
  EXPECT_EQ(detail::policy_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

}  // namespace
}  // namespace calibrant::testing
