#include "evaluation/detail/change_family.hpp"

#include <algorithm>
#include <utility>

#include <calibrant/math/normal.hpp>
#include <calibrant/math/root_finding.hpp>
#include <calibrant/stats/holm_adjustment.hpp>

#include "evaluation/detail/independent_difference.hpp"

namespace calibrant::detail {
namespace {

bool leaves_out_zero(const estimate& result) {
  return result.uncertainty.bounds && (result.uncertainty.bounds->lower > 0 || result.uncertainty.bounds->upper < 0);
}

/// Twice the least alpha at which a bound lets 0 in. Bounds are about linear in z = z_alpha, so the root is sought
/// there. Where they do not reach that far the p-value is at most what is told.
double p_value_of(const metric_entry& entry, const gate_subject& before, const gate_subject& after, double value) {
  if (value == 0) return 1;
  const auto excess = [&](double z) {
    const estimate at = independent_difference(entry, after, before, normal_upper_tail(z));
    if (!at.uncertainty.bounds) return 0.0;
    return value > 0 ? at.uncertainty.bounds->lower : -at.uncertainty.bounds->upper;
  };
  constexpr double nearest = 0.01;
  const double least = least_alpha(entry);
  const double farthest = normal_upper_quantile(least);
  if (!(excess(nearest) > 0)) return 1;
  if (excess(farthest) > 0) return 2 * least;
  return std::min(2 * normal_upper_tail(bracketed_root(excess, nearest, farthest)), 1.0);
}

}  // namespace

void change_family::add(measured_change& change, gate_subject before, gate_subject after) {
  open_.push_back({&change, std::move(before), std::move(after)});
}

void change_family::test(std::size_t i) const {
  const open_change& open = open_[i];
  measured_change& change = *open.change;
  const estimate difference = independent_difference(*change.entry, open.after, open.before, level_.alpha() / 2);
  change.difference = difference.value;
  change.uncertainty = difference.uncertainty;
  change.p_value = difference.value.value
                       ? figure(p_value_of(*change.entry, open.before, open.after, *difference.value.value))
                       : figure::none(difference.value.reason);
  // The value may be known of both sides where an interval is not.
  const std::optional<double>& x = change.before.value.value;
  const std::optional<double>& y = change.after.value.value;
  if (!change.difference.value && x && y && !change.entry->needs.biased) change.difference = *y - *x;
}

std::size_t change_family::settle() const {
  std::vector<figure*> p_values;
  std::vector<figure*> adjusted;
  for (const open_change& open : open_) {
    p_values.push_back(&open.change->p_value);
    adjusted.push_back(&open.change->adjusted_p_value);
  }
  for (mix_change* const mix : mixes_) {
    p_values.push_back(&mix->p_value);
    adjusted.push_back(&mix->adjusted_p_value);
  }
  std::vector<double> known;
  for (const figure* const p : p_values)
    if (p->value) known.push_back(*p->value);
  const std::vector<double> result = holm_adjusted(known);
  for (std::size_t i = 0, next = 0; i < p_values.size(); ++i)
    *adjusted[i] = p_values[i]->value ? figure(result[next++]) : figure::none(p_values[i]->reason);
  for (const open_change& open : open_) open.change->verdict = verdict_of(open);
  for (mix_change* const mix : mixes_)
    mix->changed = mix->adjusted_p_value.value && *mix->adjusted_p_value.value <= level_.alpha();
  return known.size();
}

change_verdict change_family::verdict_of(const open_change& open) const {
  const measured_change& change = *open.change;
  if (!change.adjusted_p_value.value) return change_verdict::not_tested;
  const double adjusted = *change.adjusted_p_value.value;
  const double difference = *change.difference.value;
  if (adjusted > level_.alpha() || difference == 0) return change_verdict::no_evidence;
  const bool rose = difference > 0;
  switch (change.entry->better) {
    case metric_direction::lower:
      return rose ? change_verdict::worse : change_verdict::better;
    case metric_direction::higher:
      return rose ? change_verdict::better : change_verdict::worse;
    case metric_direction::zero: {
      // Both the difference and the sum have to be proved, each at what the adjustment leaves of alpha.
      const double share = std::max(level_.alpha() / 2 * *change.p_value.value / adjusted, least_alpha(*change.entry));
      const estimate sum = independent_sum(*change.entry, open.after, open.before, share);
      if (leaves_out_zero(sum)) return (*sum.value.value > 0) == rose ? change_verdict::worse : change_verdict::better;
      break;
    }
    case metric_direction::none:
      break;
  }
  return rose ? change_verdict::higher : change_verdict::lower;
}

}  // namespace calibrant::detail
