#pragma once

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Interval of a quantity known to lie in (0, top), by the normal approximation of ln(x / (top - x)), whose standard
/// error follows from that of x by the delta method. It lies in the range and follows the skewness near its ends.
/// A value at or beyond an end keeps that end and takes the other from the plain normal interval. O(1).
[[nodiscard]] interval logit_interval(double value, double standard_error, double top,
                                      confidence_level level = {}) noexcept;

}  // namespace calibrant
