#include "evaluation/detail/diff_words.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>

#include <calibrant/core/text_list.hpp>
#include <calibrant/evaluation/warnings.hpp>

#include "evaluation/detail/quantity_words.hpp"

namespace calibrant::detail {
namespace {

constexpr double few_rows = 200;

/// A title inside a sentence: "log loss", but "ECE (top label)" and "Brier score".
std::string inside_sentence(std::string_view title) {
  std::string text(title);
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  if (text.size() > 1 && is_small(text[1]) && !text.starts_with("Brier"))
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// "accuracy fell by 2.1 to 4.5 points"; of what is best at 0 both values, since neither way is good.
std::string movement(const measured_change& change) {
  if (change.entry->better == metric_direction::zero)
    return inside_sentence(change.entry->title) + " went from " + quantity(*change.entry, *change.before.value.value) +
           " to " + quantity(*change.entry, *change.after.value.value);
  const interval& bounds = *change.uncertainty.bounds;
  const bool rose = *change.difference.value > 0;
  const interval size = rose ? bounds : interval{-bounds.upper, -bounds.lower};
  return inside_sentence(change.entry->title) + (rose ? " rose by " : " fell by ") + change_range(*change.entry, size);
}

/// Up to three movements, and how many more there are.
std::string movements(const std::vector<const measured_change*>& changes) {
  constexpr std::size_t most = 3;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(changes.size(), most); ++i) words.push_back(movement(*changes[i]));
  if (changes.size() > most) words.push_back(std::to_string(changes.size() - most) + " more");
  return enumerated(words);
}

std::string unseen(const state_diff& result) {
  for (const measured_change& change : result.leading) {
    if (change.verdict != change_verdict::no_evidence) continue;
    const bool share = change.entry->units == "probability";
    const double scale = share ? 100 : 1;
    const interval& bounds = *change.uncertainty.bounds;
    return "no evidence of change; " + inside_sentence(change.entry->title) + " may have moved by " +
           digits("%+.2g", scale * bounds.lower) + " to " + digits("%+.2g", scale * bounds.upper) +
           (share ? " points" : "");
  }
  return "cannot tell: no metric of the verdict has an interval in both states";
}

bool same_file(const source_info& a, const source_info& b) {
  if (a.sha256 && b.sha256) return *a.sha256 == *b.sha256;
  return a.path == b.path && a.rows == b.rows;
}

}  // namespace

std::string verdict_of(const state_diff& result) {
  std::vector<const measured_change*> worse;
  std::vector<const measured_change*> better;
  std::vector<const measured_change*> moved;
  for (const measured_change& change : result.leading) {
    if (change.verdict == change_verdict::worse) worse.push_back(&change);
    if (change.verdict == change_verdict::better) better.push_back(&change);
    if (change.verdict == change_verdict::higher || change.verdict == change_verdict::lower) moved.push_back(&change);
  }
  std::string text;
  if (!worse.empty()) text = "worse: " + movements(worse);
  if (!better.empty()) text += (text.empty() ? "better: " : "; better: ") + movements(better);
  if (!moved.empty()) text += (text.empty() ? "changed: " : "; ") + movements(moved);
  if (result.class_mix.changed) {
    text += text.empty() ? "changed: the mix of classes shifted" : "; the mix of classes shifted";
    text += " (by " + digits("%.2g", 100 * result.class_mix.test.distance) + " % of the rows)";
  }
  return text.empty() ? unseen(result) : text;
}

std::vector<std::string> diff_advice(const state_diff& result) {
  const auto is_worse = [&](std::initializer_list<std::string_view> metrics) {
    return std::any_of(result.leading.begin(), result.leading.end(), [&](const measured_change& change) {
      return change.verdict == change_verdict::worse &&
             std::find(metrics.begin(), metrics.end(), change.entry->name) != metrics.end();
    });
  };
  const bool calibration = is_worse({"ece", "confidence_gap"});
  const bool knowledge = is_worse({"accuracy"}) || (!calibration && is_worse({"log_loss", "brier"}));
  const auto stands_out = [](const auto& member) { return member.significant(); };
  const bool somewhere = std::any_of(result.by_class.begin(), result.by_class.end(), stands_out) ||
                         std::any_of(result.groups.begin(), result.groups.end(), stands_out);
  std::vector<std::string> advice;
  if (calibration)
    advice.emplace_back("correct the probabilities again: calibrant fit on recent labelled rows, then calibrant apply");
  if (result.class_mix.changed)
    advice.emplace_back(
        "the shares of the classes have moved: if nothing else has changed, calibrant fit --method "
        "prior_correction adapts the probabilities to the new shares");
  if (knowledge)
    advice.emplace_back(somewhere ? "look at the classes and groups that changed: the model knows less of these rows, "
                                    "which no correction of probabilities brings back"
                                  : "no class or group stands out: look for what changed in all rows, such as the way "
                                    "they are prepared, or train again on recent ones");
  return advice;
}

std::vector<evaluation_warning> diff_warnings(const state_diff& result, const evaluation_state& before,
                                              const evaluation_state& after) {
  std::vector<evaluation_warning> warnings;
  const auto shared = std::count_if(after.sources.begin(), after.sources.end(), [&](const source_info& mine) {
    return std::any_of(before.sources.begin(), before.sources.end(),
                       [&](const source_info& other) { return same_file(mine, other); });
  });
  if (shared > 0)
    warnings.push_back({"shared_rows", "both states seem to hold the rows of " + std::to_string(shared) +
                                           (shared == 1 ? " file" : " files") +
                                           " in common, but the tests take all rows as independent; of two models on "
                                           "the same rows calibrant compare knows more"});
  for (const diff_side* const side : {&result.before, &result.after}) {
    const std::string about = side->name + ": ";
    const double rows = std::floor(side->effective_rows);
    if (rows < few_rows)
      warnings.push_back({"few_rows", about + "only " + count(rows) + (rows == 1 ? " row" : " rows") +
                                          (side->weighted ? " (effective)" : "") +
                                          ": only large changes can be told from chance"});
    for (const evaluation_warning& warning : row_warnings(side->counts))
      warnings.push_back({warning.code, about + warning.message});
  }
  if (before.grouped != after.grouped)
    warnings.push_back({"groups_of_one", "only " + (before.grouped ? result.before.name : result.after.name) +
                                             " has groups, so they are not compared"});
  const auto alone = [&](const std::vector<std::string>& groups, const std::string& name) {
    if (!groups.empty())
      warnings.push_back({"groups_of_one", std::to_string(groups.size()) + (groups.size() == 1 ? " group" : " groups") +
                                               " of " + name + " alone: " + list_of(groups, 5, "\"")});
  };
  alone(result.groups_gone, result.before.name);
  alone(result.groups_new, result.after.name);
  return warnings;
}

}  // namespace calibrant::detail
