#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <calibrant/core/error.hpp>
#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/figures/figure_catalog.hpp>
#include <calibrant/figures/number_text.hpp>
#include <calibrant/metrics/reliability_diagram.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/dataset.hpp"
#include "support/measure.hpp"
#include "support/overconfident_rows.hpp"

namespace calibrant::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

evaluation_state measured(const dataset& data, panel_parts parts = panel_parts::all() | panel_part::row_scores,
                          std::size_t bins = 15) {
  return measure(data, {.bins = bins, .parts = parts});
}

drawn_figure drawn(const char* name, const evaluation_state& state, const figure_options& options = {}) {
  const evaluation_state* const one[] = {&state, &state};
  const figure_entry& entry = *find_figure(name);
  return draw_figure(entry, std::span(one).first(entry.sources), {}, options);
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

evaluation_state with_names(std::vector<std::string> names) {
  evaluation_state state = measured(overconfident(400, names.size()));
  state.config.classes = class_names(std::move(names));
  return state;
}

/// Nine rows in bins 1 and 3 of three; the second bin has none.
dataset nine_rows() {
  dataset data{.name = "nine rows", .classes = 4};
  for (int i = 0; i < 4; ++i) data.push({0.31, 0.25, 0.24, 0.2}, i % 2);
  for (int i = 0; i < 5; ++i) data.push({0.05, 0.9, 0.03, 0.02}, i == 0 ? 0 : 1);
  return data;
}

TEST(Figures, EveryFigureOfTheCatalogueDraws) {
  dataset data = overconfident(500, 3);
  for (std::size_t i = 0; i < data.rows(); ++i) data.groups.push_back(static_cast<std::int32_t>(i % 2));
  data.group_names = {"a", "b"};
  const evaluation_state state = measured(data);
  for (const figure_entry& entry : figure_catalog()) {
    const drawn_figure figure = drawn(std::string(entry.name).c_str(), state);
    EXPECT_THAT(figure.svg, ::testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")) << entry.name;
    EXPECT_THAT(figure.svg, ::testing::EndsWith("</svg>\n")) << entry.name;
    EXPECT_THAT(figure.svg, HasSubstr("role=\"img\"")) << entry.name;
    EXPECT_THAT(figure.svg, HasSubstr("prefers-color-scheme:dark")) << entry.name;
    EXPECT_THAT(figure.svg, Not(HasSubstr("<script"))) << entry.name;
    EXPECT_THAT(figure.svg, Not(HasSubstr("href"))) << entry.name;
    EXPECT_THAT(figure.svg, Not(HasSubstr("nan"))) << entry.name;
    EXPECT_THAT(figure.svg, Not(HasSubstr("inf\""))) << entry.name;
    EXPECT_THAT(figure.svg, HasSubstr("n = 500")) << entry.name;
    EXPECT_FALSE(figure.description.empty()) << entry.name;
    EXPECT_EQ(figure.svg, drawn(std::string(entry.name).c_str(), state).svg) << entry.name;
  }
}

TEST(Figures, ReliabilityShowsTheBinsOfTheEvaluation) {
  const evaluation_state state = measured(overconfident(500, 3));
  const evaluation result = evaluate(state, {.metrics = {"ece"}});
  const drawn_figure figure = drawn("reliability", state);
  std::size_t bins = 0;
  for (const reliability_bin& bin : result.total.top_label) {
    if (!(bin.count > 0)) continue;
    ++bins;
    EXPECT_THAT(figure.svg, HasSubstr("data-lower=\"" + exact_text(bin.lower) + "\" data-upper=\"" +
                                      exact_text(bin.upper) + "\" data-count=\"" + exact_text(bin.count) +
                                      "\" data-confidence=\"" + exact_text(*bin.confidence) + "\" data-accuracy=\"" +
                                      exact_text(*bin.accuracy) + "\" data-interval=\"" +
                                      exact_text(bin.bounds->lower) + " " + exact_text(bin.bounds->upper) + "\""));
  }
  EXPECT_EQ(occurrences(figure.svg, "class=\"cf-bin\""), bins);
  EXPECT_THAT(figure.description, HasSubstr(estimate_sentence("ECE", *result.total.find("ece"), {})));
}

TEST(Figures, ChangesAreThoseOfTheDiff) {
  const evaluation_state before = measured(overconfident(900, 3));
  const evaluation_state after = measured(overconfident(300, 3));
  const evaluation_state* const both[] = {&before, &after};
  const drawn_figure figure = draw_figure(*find_figure("changes"), both, {}, {.names = {"may", "june"}});
  const state_diff result = diff(before, after);
  for (const measured_change& change : result.leading)
    EXPECT_THAT(figure.svg, HasSubstr("data-value=\"" + exact_text(*change.difference.value) + "\" data-lower=\"" +
                                      exact_text(change.uncertainty.bounds->lower) + "\" data-upper=\"" +
                                      exact_text(change.uncertainty.bounds->upper) + "\""))
        << change.entry->name;
  EXPECT_EQ(occurrences(figure.svg, "class=\"cf-change\""), result.leading.size());
  EXPECT_THAT(figure.svg, HasSubstr("\u2068june\u2069 (n = 300) less \u2068may\u2069 (n = 900)"));
  ASSERT_EQ(figure.tables.size(), 1U);
  EXPECT_EQ(figure.tables[0].rows.size(), result.leading.size());
}

TEST(Figures, EmptyBinsDrawNothing) {
  const evaluation_state state = measured(nine_rows(), panel_parts::all(), 3);
  const std::string svg = drawn("reliability", state).svg;
  EXPECT_EQ(occurrences(svg, "class=\"cf-bin\""), 2U);
  EXPECT_EQ(occurrences(svg, "<circle class=\"cf-dot\""), 3U) << "two bins and the legend";
  EXPECT_EQ(occurrences(svg, "data-count="), 4U) << "two bins, two bars";
  EXPECT_EQ(occurrences(drawn("confidence", state).svg, "class=\"cf-bin\""), 2U);
}

TEST(Figures, ClassesShowTheWorstFirst) {
  const evaluation_state state = measured(overconfident(900, 5));
  const evaluation result = evaluate(state, {.metrics = {"classwise_ece"}});
  std::size_t worst = 0;
  for (std::size_t k = 1; k < 5; ++k)
    if (*result.total.per_class[k].calibration_error > *result.total.per_class[worst].calibration_error) worst = k;
  const std::string svg = drawn("classes", state, {.most_classes = 2}).svg;
  EXPECT_EQ(occurrences(svg, "class=\"cf-class\""), 2U);
  EXPECT_LT(svg.find("data-error=\"" + exact_text(*result.total.per_class[worst].calibration_error) + "\""),
            svg.find("cf-class", svg.find("cf-class") + 1));
  EXPECT_THAT(drawn("class", state).title, HasSubstr("\u2068" + std::to_string(worst) + "\u2069"));
  std::string accuracies;
  for (const reliability_bin& bin : class_reliability(only_panel(state).classwise, worst, {}))
    if (bin.accuracy) accuracies += (accuracies.empty() ? "" : " ") + exact_text(*bin.accuracy);
  EXPECT_THAT(svg, HasSubstr("data-accuracy=\"" + accuracies + "\""));
}

TEST(Figures, AThousandClassesAreSmall) {
  const evaluation_state state = measured(overconfident(3000, 1000), panel_parts::fixed_memory());
  EXPECT_LT(drawn("classes", state).svg.size(), 60'000U);
  EXPECT_LT(drawn("class-frequency", state).svg.size(), 60'000U);
}

TEST(Figures, NamesAreShownAndHarmless) {
  const std::string long_name(10'000, 'x');
  const evaluation_state state =
      with_names({"<script>alert(1)</script>", "שלום עולם", long_name, "a\"b' & <i>", std::string("\x01\xFF")});
  for (const char* name : {"class", "classes", "class-frequency"}) {
    const drawn_figure figure = drawn(name, state);
    EXPECT_THAT(figure.svg, Not(HasSubstr("<script"))) << name;
    EXPECT_THAT(figure.svg, Not(HasSubstr("<i>"))) << name;
    EXPECT_LT(figure.svg.size(), 60'000U) << name;
  }
  const std::string svg = drawn("classes", state).svg;
  EXPECT_THAT(svg, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(svg, HasSubstr("\u2068שלום עולם\u2069"));
  EXPECT_THAT(drawn("class", state, {.of_class = long_name}).svg, HasSubstr("xxx…"));
}

TEST(Figures, BinCountsAgreeWithTheMetrics) {
  const evaluation_state state = measured(overconfident(500, 3));
  evaluation_options options{.metrics = {"ece", "adaptive_ece", "ace"}};
  const evaluation result = evaluate(state, options);
  const std::string svg = drawn("bins", state).svg;
  const auto values_of = [&](const std::string& metric) {
    const std::size_t group = svg.find("data-metric=\"" + metric + "\"");
    const std::size_t values = svg.find("data-values=\"", group) + 13;
    return svg.substr(values, svg.find('"', values) - values);
  };
  for (const char* metric : {"ece", "adaptive_ece", "ace"})
    EXPECT_THAT(values_of(metric), HasSubstr(exact_text(*result.total.find(metric)->value.value))) << metric;
}

TEST(Figures, SoftLabelsHaveNoIntervals) {
  evaluation_state state = measured(overconfident(300, 3));
  state.counts.soft_labels = 300;
  const std::string svg = drawn("reliability", state).svg;
  EXPECT_THAT(svg, HasSubstr("data-interval=\"\""));
  EXPECT_THAT(svg, Not(HasSubstr("class=\"cf-band\"")));
  EXPECT_THAT(svg, Not(HasSubstr("class=\"cf-blue-line\"")));
}

TEST(Figures, OptionsOfThemeAndStyle) {
  const evaluation_state state = measured(overconfident(100, 3));
  EXPECT_THAT(drawn("reliability", state, {.theme = figure_theme::light}).svg, Not(HasSubstr("@media")));
  EXPECT_THAT(drawn("reliability", state, {.theme = figure_theme::dark}).svg, HasSubstr("#0d1117"));
  EXPECT_THAT(drawn("reliability", state, {.style = false}).svg, Not(HasSubstr("<style")));
  EXPECT_THAT(drawn("reliability", state, {.id = "a"}).svg, HasSubstr("aria-labelledby=\"a-title a-description\""));
  EXPECT_THAT(drawn("before-after", state, {.names = {"old <b>", "new"}}).svg, HasSubstr("old &lt;b&gt;"));
}

error_code refused(const char* name, const evaluation_state& state, const figure_options& options = {}) {
  try {
    (void)drawn(name, state, options);
  } catch (const error& e) {
    return e.code();
  }
  return error_code::internal;
}

TEST(Figures, WhatAStateLacksIsRefused) {
  const evaluation_state bare = measured(overconfident(100, 3), panel_part::top_label);
  for (const char* name : {"class", "classes", "class-frequency", "risk-coverage", "bins", "simplex", "groups"})
    EXPECT_EQ(refused(name, bare), error_code::missing_input) << name;
  EXPECT_EQ(refused("simplex", measured(overconfident(100, 4))), error_code::missing_input);
  EXPECT_EQ(refused("reliability", bare, {.of_class = "1"}), error_code::invalid_argument);
  EXPECT_EQ(refused("class", measured(overconfident(100, 3)), {.of_class = "x"}), error_code::invalid_argument);
  const evaluation_state* const one[] = {&bare};
  EXPECT_THROW((void)draw_figure(*find_figure("before-after"), one), error);
  EXPECT_EQ(find_figure("pie"), nullptr);
}

/// The figure beside the file that is kept; what was drawn is left in the build folder, to be looked at and copied.
void expect_golden(const std::string& name, const std::string& svg) {
  const std::filesystem::path kept = std::filesystem::path(CALIBRANT_TESTS_DIRECTORY) / "figures" / "data" / name;
  std::ifstream file(kept, std::ios::binary);
  const std::string wanted{std::istreambuf_iterator<char>(file), {}};
  const std::filesystem::path left = std::filesystem::path(CALIBRANT_BUILD_DIRECTORY) / "figures";
  std::filesystem::create_directories(left);
  std::ofstream(left / name, std::ios::binary) << svg;
  EXPECT_TRUE(svg == wanted) << "look at " << (left / name) << ", and copy it to " << kept << " if it is right";
}

TEST(Figures, GoldenFiles) {
  const evaluation_state state = measured(nine_rows(), panel_parts::all(), 3);
  expect_golden("reliability.svg", drawn("reliability", state).svg);
  expect_golden("confidence.svg", drawn("confidence", state, {.theme = figure_theme::light}).svg);
}

}  // namespace
}  // namespace calibrant::testing
