#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <calibrant/core/error.hpp>

namespace calibrant::detail {

/// The number of successes, checked against the trials: rounding of weighted sums may leave it a few units in the last
/// place outside [0, trials], anything farther is an error of the caller.
inline double checked_successes(const char* where, double successes, double trials) {
  const double slack = 1e-9 * trials;
  if (!(trials >= 0) || std::isinf(trials) || !(successes >= -slack) || !(successes <= trials + slack))
    throw error(error_code::invalid_argument,
                std::string(where) + ": got " + std::to_string(successes) + " successes in " + std::to_string(trials) +
                    " trials, expected 0 <= successes <= trials; pass counts, not a rate");
  return std::clamp(successes, 0.0, trials);
}

}  // namespace calibrant::detail
