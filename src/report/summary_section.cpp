#include <algorithm>
#include <array>

#include <calibrant/figures/axis_scale.hpp>
#include <calibrant/figures/metric_text.hpp>
#include <calibrant/figures/number_text.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

/// What a reader looks at first, as far as it was computed.
constexpr std::array<std::string_view, 8> main_metrics = {
    "accuracy", "mean_confidence", "confidence_gap", "ece", "ece_l2_debiased", "classwise_ece", "log_loss", "brier"};

/// Value, interval and what a calibrated model would have, on one line. The words beside it say the same.
std::string strip(const estimate& e) {
  if (!e.value.value) return "";
  constexpr double width = 220;
  constexpr double middle = 9;
  double lowest = std::min(0.0, *e.value.value);
  double highest = std::max(0.0, *e.value.value);
  const auto reach = [&](double x) {
    lowest = std::min(lowest, x);
    highest = std::max(highest, x);
  };
  if (e.uncertainty.bounds) {
    reach(e.uncertainty.bounds->lower);
    reach(e.uncertainty.bounds->upper);
  }
  if (e.expected_if_calibrated.value) reach(*e.expected_if_calibrated.value);
  const axis_scale x = axis_scale::linear(lowest, highest > lowest ? highest : lowest + 1, 6, width - 6);
  svg_writer svg;
  svg.open("svg", {{"class", "strip"}, {"viewBox", "0 0 220 18"}, {"aria-hidden", "true"}});
  svg.path("cf-axis", svg_path().move_to(0, middle).horizontal_to(width).move_to(x(0), 3).vertical_to(15));
  if (e.uncertainty.bounds)
    svg.path("cf-blue-line strip-interval",
             svg_path().move_to(x(e.uncertainty.bounds->lower), middle).horizontal_to(x(e.uncertainty.bounds->upper)));
  if (const std::optional<double>& expected = e.expected_if_calibrated.value)
    svg.path("cf-orange-line strip-expected", svg_path().move_to(x(*expected), 2).vertical_to(16));
  svg.element("circle", {{"class", "cf-dot"}, {"cx", x(*e.value.value)}, {"cy", middle}, {"r", 4.5}});
  svg.close();
  return svg.text();
}

void write_tile(html_writer& page, const panel_metric& m, confidence_level level) {
  const estimate& e = m.result;
  const metric_text text(*m.entry, e);
  const auto exact = [](const std::optional<double>& x) { return x ? exact_text(*x) : std::string(); };
  const std::string low = e.uncertainty.bounds ? exact_text(e.uncertainty.bounds->lower) : "";
  const std::string high = e.uncertainty.bounds ? exact_text(e.uncertainty.bounds->upper) : "";
  page.open("div", {{"class", "tile"},
                    {"data-metric", m.entry->name},
                    {"data-value", exact(e.value.value)},
                    {"data-lower", low},
                    {"data-upper", high},
                    {"data-expected", exact(e.expected_if_calibrated.value)}});
  page.element("h3", m.entry->title);
  page.element("p", {{"class", "value"}}, text.value(e.value));
  page.raw(strip(e));
  if (e.uncertainty.bounds)
    page.element("p", level_percent(level) + " interval " + text.range(e.uncertainty));
  else
    page.element("p", {{"class", "muted"}}, e.value.value ? "no interval: " + e.uncertainty.reason : e.value.reason);
  if (e.expected_if_calibrated.value && m.entry->better != metric_direction::zero)
    page.open("p", {{"class", "expected"}}).text("if calibrated: " + text.value(e.expected_if_calibrated)).close();
  page.close();
}

void write_warnings(html_writer& page, const page_source& source) {
  if (source.result.total.warnings.empty()) return;
  page.open("section", {{"class", "card warnings"}, {"aria-labelledby", "warnings-title"}});
  page.element("h3", {{"id", "warnings-title"}}, "Before you trust the numbers");
  page.open("ul");
  for (const evaluation_warning& warning : source.result.total.warnings)
    page.element("li", {{"data-code", warning.code}}, warning.message);
  page.close().close();
}

}  // namespace

void write_summary(html_writer& page, const page_source& source) {
  page.open("section", {{"id", "summary"}, {"aria-labelledby", "summary-title"}});
  page.element("h2", {{"id", "summary-title"}}, "Summary");
  page.open("div", {{"class", "tiles"}});
  std::size_t shown = 0;
  for (const std::string_view name : main_metrics)
    for (const panel_metric& m : source.result.total.metrics)
      if (m.entry->name == name && m.result.value.value) {
        write_tile(page, m, source.result.options.metric.level);
        ++shown;
      }
  if (shown == 0)
    for (const panel_metric& m : source.result.total.metrics) write_tile(page, m, source.result.options.metric.level);
  page.close();
  write_warnings(page, source);
  page.close();
}

}  // namespace calibrant::detail
