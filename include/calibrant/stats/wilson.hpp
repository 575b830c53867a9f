#pragma once

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Score interval of a proportion (Wilson 1927): the values q that a two-sided normal test of x successes in n trials
/// does not reject, (q + z^2/2n -+ z sqrt(q (1-q)/n + z^2/4n^2)) / (1 + z^2/n) with q = x/n.
/// Covers its level on average over q, not for each q. Lower end 0 at x = 0, upper end 1 at x = n; n = 0 gives [0, 1].
/// `successes` and `trials` are real (weighted counts; importance weights pass the effective number of rows as trials).
/// Throws error_code::invalid_argument unless 0 <= successes <= trials < infinity. O(1).
[[nodiscard]] interval wilson(double successes, double trials, confidence_level level = {});

}  // namespace calibrant
