#include "evaluation/detail/gate_words.hpp"

#include <algorithm>
#include <span>

#include "evaluation/detail/quantity_words.hpp"

namespace calibrant::detail {
namespace {

std::string about_rows(const gate_check& check, const char* labelled) {
  const double more = *check.more_rows.value;
  return "about " + count(more) + " more " + labelled + (more == 1 ? "row" : "rows");
}

std::string subject_of(const gate_check& check) {
  const std::string title(check.entry->title);
  if (check.scope == limit_scope::total) return title;
  return title + (check.scope == limit_scope::group ? " of group " : " of class ") + check.member;
}

std::string passed(const gate_result& result) {
  const std::string level = in_percent(result.options.level.level());
  const gate_check& only = result.checks.front();
  if (result.checks.size() > 1)
    return "passes: all " + std::to_string(result.checks.size()) + " limits hold, each with " + level + " confidence";
  if (only.rule == limit_rule::no_worse)
    return "passes: " + subject_of(only) + " is not significantly worse than that of the baseline" +
           (only.limit > 0 ? " by more than " + quantity(*only.entry, only.limit, true) : "");
  return "passes: " + subject_of(only) + " is " + (only.rule == limit_rule::at_most ? "at most " : "at least ") +
         quantity(*only.entry, *only.at_worst.value) + " with " + level + " confidence, within the limit of " +
         quantity(*only.entry, only.limit, true);
}

std::string failed(const gate_check& check) {
  if (check.rule == limit_rule::no_worse)
    return "fails: " + subject_of(check) + " is worse than that of the baseline, by at least " +
           quantity(*check.entry, *check.at_best.value) +
           (check.limit > 0 ? ", above the margin of " + quantity(*check.entry, check.limit, true) : "");
  const bool most = check.rule == limit_rule::at_most;
  return "fails: " + subject_of(check) + " is " + (most ? "at least " : "at most ") +
         quantity(*check.entry, *check.at_best.value) + (most ? ", above" : ", below") + " the limit of " +
         quantity(*check.entry, check.limit, true);
}

std::string open(const gate_check& check) {
  std::string text = "cannot tell yet: ";
  if (!check.at_worst.value) return text + subject_of(check) + " has no bounds (" + check.at_worst.reason + ")";
  const auto [low, high] = std::minmax(*check.at_worst.value, *check.at_best.value);
  text += subject_of(check) + " is ";
  if (check.rule == limit_rule::no_worse) text += "worse than that of the baseline by ";
  text += "between " + quantity(*check.entry, low) + " and " + quantity(*check.entry, high) + ", and the " +
          (check.rule == limit_rule::no_worse ? "margin" : "limit") + " is " +
          quantity(*check.entry, check.limit, true);
  return text + (check.more_rows.value ? "; " + about_rows(check, "labelled ") + " would tell (an estimate)" : "");
}

/// "; 2 of 5 limits fail".
std::string tally(std::size_t some, std::size_t all, const char* one, const char* many) {
  if (all == 1) return {};
  return "; " + std::to_string(some) + " of " + std::to_string(all) + " limits " + (some == 1 ? one : many);
}

bool is_calibration_error(const metric_entry& entry) {
  return (entry.needs.biased && entry.better == metric_direction::lower) || entry.name == "confidence_gap";
}

}  // namespace

std::string advice_about(const gate_check& check, const std::string& reason) {
  switch (check.outcome) {
    case gate_outcome::pass:
      return {};
    case gate_outcome::fail:
      if (check.rule == limit_rule::no_worse)
        return "keep the old model, or find out what got worse with calibrant compare on the same rows";
      return is_calibration_error(*check.entry)
                 ? "correct the probabilities with calibrant fit on held-out rows and calibrant apply"
                 : "improve the model; correcting its probabilities may not be enough";
    case gate_outcome::inconclusive:
      break;
  }
  const std::string where = check.scope == limit_scope::total
                                ? std::string()
                                : (check.scope == limit_scope::group ? " of group " : " of class ") + check.member;
  if (!reason.empty()) return "label more rows" + where + ": " + reason;
  if (check.more_rows.value) return "label " + about_rows(check, "") + where + " (an estimate)";
  return check.more_rows.reason + ", so change the limit, or decide without it";
}

std::string verdict_of(const gate_result& result) {
  const std::span<const gate_check> checks = result.checks;
  if (result.outcome == gate_outcome::pass) return passed(result);
  const auto of_outcome = [&](const gate_check& c) { return c.outcome == result.outcome; };
  const auto some = static_cast<std::size_t>(std::count_if(checks.begin(), checks.end(), of_outcome));
  const gate_check* told = &*std::find_if(checks.begin(), checks.end(), of_outcome);
  if (result.outcome == gate_outcome::fail) return failed(*told) + tally(some, checks.size(), "fails", "fail");
  // The one that needs the most rows speaks for the others.
  for (const gate_check& check : checks)
    if (of_outcome(check) && check.more_rows.value &&
        (!told->more_rows.value || *check.more_rows.value > *told->more_rows.value))
      told = &check;
  return open(*told) + tally(some, checks.size(), "is open", "are open");
}

}  // namespace calibrant::detail
