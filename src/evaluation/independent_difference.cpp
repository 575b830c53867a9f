#include "evaluation/detail/independent_difference.hpp"

#include <algorithm>
#include <cmath>

namespace calibrant::detail {
namespace {

/// The distance of a bound from the value, not negative. A bound at the end of the range of an error that noise biases
/// is certain.
struct reach {
  double distance = 0;
  bool certain = false;
};

struct spread {
  double value = 0;
  reach below;
  reach above;
};

spread spread_of(const metric_entry& entry, const estimate& result) {
  const double value = unbiased_value(entry, result);
  const interval& bounds = *result.uncertainty.bounds;
  const metric_limits range = limits_of(entry);
  const bool biased = entry.needs.biased;
  return {value,
          {std::max(value - bounds.lower, 0.0), biased && range.lower && bounds.lower <= *range.lower},
          {std::max(bounds.upper - value, 0.0), biased && range.upper && bounds.upper >= *range.upper}};
}

double together(const reach& a, const reach& b) {
  return a.certain || b.certain ? a.distance + b.distance : std::hypot(a.distance, b.distance);
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
  result.uncertainty = interval_estimate::of({value - together(a.below, b.below), value + together(a.above, b.above)},
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
