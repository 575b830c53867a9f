#pragma once

#include <functional>

namespace calibrant {

/// A zero of a continuous function between `lower` and `upper`, where its signs must differ (a zero at either end is
/// returned as it is). Throws error_code::invalid_argument if they do not. Accurate to the last bits of the argument;
/// about 10 evaluations for a smooth function (Alefeld, Potra, Shi 1995, algorithm 748).
[[nodiscard]] double bracketed_root(const std::function<double(double)>& function, double lower, double upper);

struct value_and_slope {
  double value, slope;
};

/// The same for a function that is negative at `lower` and not at `upper` (up to rounding), with its slope: Newton's
/// steps from `upper`, halving where a step would leave what still holds the zero. About 5 evaluations where the
/// function bends little above its zero.
[[nodiscard]] double rising_root(const std::function<value_and_slope(double)>& function, double lower, double upper);

}  // namespace calibrant
