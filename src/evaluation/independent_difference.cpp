#include "evaluation/detail/independent_difference.hpp"

#include <algorithm>
#include <cmath>

namespace calibrant::detail {
namespace {

/// A value and the distances of its bounds, none of them negative.
struct spread {
  double value = 0;
  double below = 0;
  double above = 0;
};

spread spread_of(const metric_entry& entry, const estimate& result) {
  const double value = unbiased_value(entry, result);
  const interval& bounds = *result.uncertainty.bounds;
  return {value, std::max(value - bounds.lower, 0.0), std::max(bounds.upper - value, 0.0)};
}

estimate combined(const metric_entry& entry, const gate_subject& now, const gate_subject& before, double alpha,
                  bool difference) {
  const estimate ours = now.at(alpha);
  const estimate theirs = before.at(alpha);
  for (const estimate* const part : {&ours, &theirs})
    if (!part->value.value || !part->uncertainty.bounds)
      return estimate::none(!part->value.value ? part->value.reason : part->uncertainty.reason);
  const spread a = spread_of(entry, ours);
  spread b = spread_of(entry, theirs);
  if (difference) b = {-b.value, b.above, b.below};
  const double value = a.value + b.value;
  estimate result = estimate::none("");
  result.value = value;
  result.uncertainty =
      interval_estimate::of({value - std::hypot(a.below, b.below), value + std::hypot(a.above, b.above)},
                            difference ? "difference of independent samples from the bounds of each"
                                       : "sum of independent samples from the bounds of each");
  return result;
}

}  // namespace

estimate independent_difference(const metric_entry& entry, const gate_subject& now, const gate_subject& before,
                                double alpha) {
  return combined(entry, now, before, alpha, true);
}

estimate independent_sum(const metric_entry& entry, const gate_subject& now, const gate_subject& before, double alpha) {
  return combined(entry, now, before, alpha, false);
}

}  // namespace calibrant::detail
