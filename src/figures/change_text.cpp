#include <calibrant/figures/change_text.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

#include <calibrant/figures/metric_text.hpp>

namespace calibrant {

change_text::change_text(const measured_change& change) : adjusted(p_value_text(change.adjusted_p_value)) {
  const std::optional<double>& x = change.before.value.value;
  const std::optional<double>& y = change.after.value.value;
  const bool first = std::abs(x.value_or(0)) >= std::abs(y.value_or(0));
  const metric_text values(*change.entry, first ? change.before : change.after);
  metric_entry shown = *change.entry;
  shown.better = metric_direction::zero;  // a difference has a sign
  const metric_text format(shown, first ? change.before : change.after);
  before = values.value(change.before.value);
  after = values.value(change.after.value);
  difference = format.value(change.difference);
  bare_before = x ? values.number(*x) : "-";
  bare_difference = change.difference.value ? format.number(*change.difference.value) : "-";
  range = format.range(change.uncertainty);
  switch (change.verdict) {
    case change_verdict::no_evidence:
      verdict = "no evidence";
      break;
    case change_verdict::not_tested:
      verdict = "not tested";
      break;
    default:
      verdict = name_of(change.verdict);
  }
}

std::vector<member_change> class_changes(const state_diff& result) {
  std::vector<member_change> all;
  for (const class_change& row : result.by_class)
    for (const measured_change& change : row.changes)
      all.push_back({.change = &change, .member = result.classes[row.place]});
  return all;
}

std::vector<member_change> group_changes(const state_diff& result) {
  std::vector<member_change> all;
  for (const group_change& group : result.groups)
    for (const measured_change& change : group.changes) all.push_back({.change = &change, .member = group.name});
  return all;
}

std::vector<member_change> significant(std::vector<member_change> changes) {
  std::erase_if(changes, [](const member_change& each) { return !each.change->significant(); });
  std::stable_sort(changes.begin(), changes.end(), [](const member_change& a, const member_change& b) {
    return *a.change->adjusted_p_value.value < *b.change->adjusted_p_value.value;
  });
  return changes;
}

}  // namespace calibrant
