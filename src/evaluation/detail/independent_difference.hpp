#pragma once

#include <calibrant/catalog/metric_catalog.hpp>

#include "evaluation/detail/gate_bounds.hpp"

namespace calibrant::detail {

/// The metric of independent rows `now` less that of `before`, from the distances of both values x, y from their own
/// bounds at alpha: x - y - sqrt((x - l)^2 + (u' - y)^2), and likewise above (Zou and Donner 2008). For means that is
/// the z test, for shares with Wilson's bounds method 10 of Newcombe (1998). Values that are biased upward enter
/// without their bias (unbiased_value). Where a bound of such an error is at the end of its range, which it cannot
/// miss, the distances add instead: an error that may be 0 is not normal, and what is left of its value is one-sided.
/// One implementation for gate and diff.
[[nodiscard]] estimate independent_difference(const metric_entry& entry, const gate_subject& now,
                                              const gate_subject& before, double alpha);

/// The sum of both likewise: together with the difference it tells whether the distance from 0 of a signed metric has
/// grown, since |x| > |y| exactly where (x - y) (x + y) > 0.
[[nodiscard]] estimate independent_sum(const metric_entry& entry, const gate_subject& now, const gate_subject& before,
                                       double alpha);

}  // namespace calibrant::detail
