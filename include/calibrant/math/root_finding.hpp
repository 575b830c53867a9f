#pragma once

#include <functional>

namespace calibrant {

/// A zero of a continuous function between `lower` and `upper`, where its signs must differ (a zero at either end is
/// returned as it is). Throws error_code::invalid_argument if they do not. Accurate to the last bits of the argument;
/// about 10 evaluations for a smooth function (Alefeld, Potra, Shi 1995, algorithm 748).
[[nodiscard]] double bracketed_root(const std::function<double(double)>& function, double lower, double upper);

}  // namespace calibrant
