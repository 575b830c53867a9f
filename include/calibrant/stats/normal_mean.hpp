#pragma once

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Interval of a mean by the central limit theorem: mean -+ z_{1 - alpha/2} standard_error, in the unit of the mean.
/// Not clamped to the range of the quantity. A standard error of 0 gives the mean itself; NaN gives NaN. O(1).
[[nodiscard]] interval normal_mean_interval(double mean, double standard_error, confidence_level level = {}) noexcept;

/// Two-sided p-value of the z test that `value` has the expectation `expected` with the given standard error.
/// A standard error of 0 gives 1 if value and expectation agree within 1e-12 (relative to the larger of 1 and the
/// expectation) and 0 otherwise; NaN gives NaN. O(1).
[[nodiscard]] double normal_mean_p_value(double value, double expected, double standard_error) noexcept;

}  // namespace calibrant
