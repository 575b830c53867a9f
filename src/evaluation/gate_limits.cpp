#include <calibrant/evaluation/gate.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include <calibrant/core/edit_distance.hpp>
#include <calibrant/evaluation/evaluator.hpp>

namespace calibrant {
namespace {

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", x);
  return text;
}

std::string unknown_metric(const std::string& name) {
  std::vector<std::string> known;
  for (const metric_entry& entry : metric_catalog()) known.emplace_back(entry.name);
  const std::string* const nearest = nearest_text(name, known);
  return "got \"" + name + "\", expected the name of a metric; " +
         (nearest == nullptr ? "calibrant metrics lists them" : "did you mean " + *nearest + "?");
}

/// A state of rows that nothing is wrong with: 1,200 of three classes, some of each right and wrong at every
/// confidence.
evaluation_state plain_rows(panel_parts parts) {
  constexpr std::size_t n = 1200;
  std::vector<double> values;
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < n; ++i) {
    const double top = 0.4 + 0.55 * static_cast<double>(i * 7 % 101) / 101;
    const double rest = (1 - top) / 3;
    const std::size_t predicted = i % 3;
    for (std::size_t k = 0; k < 3; ++k)
      values.push_back(k == predicted ? top : k == (predicted + 1) % 3 ? rest : 2 * rest);
    labels.push_back(static_cast<std::int32_t>(i * 13 % 10 < 7 ? predicted : (predicted + 1) % 3));
  }
  thread_pool alone(1);
  evaluator pass({.classes = class_names::indexed(3), .parts = parts}, {}, alone);
  const auto view = basic_matrix_view<double>::contiguous(values.data(), n, 3);
  pass.accumulate({.values = probabilities(view), .labels = labels});
  return pass.finish({{.path = "", .rows = n, .sha256 = {}}}, {}, {}, false);
}

/// Why no sample of a metric has an interval; empty if one has.
std::string reason_without_interval(const metric_entry& entry) {
  const evaluation_state state = plain_rows(entry.reads | panel_part::top_label);
  const estimate result = compute(entry, state.panels.begin()->second, {});
  if (!result.value.value) return result.value.reason;
  return result.uncertainty.bounds ? std::string() : result.uncertainty.reason;
}

std::string complaint_about_limit(const metric_limit& limit, const metric_entry& entry) {
  const metric_limits range = limits_of(entry);
  if (!(limit.limit == limit.limit) || (range.lower && limit.limit < *range.lower) ||
      (range.upper && limit.limit > *range.upper))
    return "got " + number(limit.limit) + " for " + limit.metric + ", expected a number in " +
           std::string(entry.range) +
           (entry.units == "probability" && limit.limit > 1 && limit.limit <= 100
                ? "; " + number(limit.limit) + " % is " + number(limit.limit / 100)
                : "; change it");
  const bool most = limit.rule == limit_rule::at_most;
  if (entry.better == (most ? metric_direction::higher : metric_direction::lower))
    return "got " + std::string(most ? "an upper" : "a lower") + " limit for " + limit.metric +
           ", which is better when it is " + (most ? "higher" : "lower") + ", expected " +
           (most ? "a lower" : "an upper") + " limit; use " + (most ? "min" : "max") + " instead";
  return {};
}

}  // namespace

std::string_view name_of(gate_outcome outcome) noexcept {
  switch (outcome) {
    case gate_outcome::pass:
      return "pass";
    case gate_outcome::fail:
      return "fail";
    case gate_outcome::inconclusive:
      break;
  }
  return "inconclusive";
}

std::string_view name_of(limit_rule rule) noexcept {
  switch (rule) {
    case limit_rule::at_most:
      return "at_most";
    case limit_rule::at_least:
      return "at_least";
    case limit_rule::no_worse:
      break;
  }
  return "no_worse";
}

std::string_view name_of(limit_scope scope) noexcept {
  switch (scope) {
    case limit_scope::total:
      return "total";
    case limit_scope::group:
      return "group";
    case limit_scope::one_class:
      break;
  }
  return "class";
}

bool has_class_meaning(std::string_view metric) noexcept {
  constexpr std::array<std::string_view, 3> metrics = {"classwise_ece", "ece", "accuracy"};
  return std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
}

std::string complaint_about(const metric_limit& limit) {
  const metric_entry* const entry = find_metric(limit.metric);
  if (entry == nullptr) return unknown_metric(limit.metric);
  if (limit.rule == limit_rule::no_worse) {
    if (!(limit.limit >= 0))
      return "got a margin of " + number(limit.limit) + " for " + limit.metric + ", expected a number of at least 0";
    if (entry->better != metric_direction::lower && entry->better != metric_direction::higher)
      return "got " + limit.metric + ", which is neither better higher nor better lower, expected another metric";
  } else if (std::string complaint = complaint_about_limit(limit, *entry); !complaint.empty()) {
    return complaint;
  }
  if (limit.per_class && !has_class_meaning(limit.metric))
    return "got a limit per class for " + limit.metric + ", expected one of classwise_ece, ece and accuracy";
  if (const std::string reason = reason_without_interval(*entry); !reason.empty())
    return "got " + limit.metric + ", which has no interval to judge by (" + reason + "), expected another metric";
  return {};
}

std::vector<metric_limit> no_worse_limits(std::span<const metric_limit> limits, score_kind kind) {
  std::vector<metric_limit> result;
  const auto add = [&](const std::string& metric) {
    const auto same = [&](const metric_limit& known) { return known.metric == metric; };
    if (std::none_of(result.begin(), result.end(), same))
      result.push_back({.metric = metric, .rule = limit_rule::no_worse});
  };
  for (const metric_limit& limit : limits) {
    const metric_entry* const entry = find_metric(limit.metric);
    if (entry != nullptr && (entry->better == metric_direction::lower || entry->better == metric_direction::higher))
      add(limit.metric);
  }
  if (!result.empty()) return result;
  for (const char* const metric : {"ece", "accuracy"}) add(metric);
  if (kind != score_kind::top_label)
    for (const char* const metric : {"log_loss", "brier"}) add(metric);
  return result;
}

panel_parts parts_needed(std::span<const metric_limit> limits) {
  panel_parts parts = panel_part::top_label;
  for (const metric_limit& limit : limits)
    if (const metric_entry* const entry = find_metric(limit.metric)) parts = parts | entry->reads;
  return parts;
}

}  // namespace calibrant
