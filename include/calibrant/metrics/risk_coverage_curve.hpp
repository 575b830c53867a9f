#pragma once

#include <vector>

#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// What answering the rows with confidence >= threshold gives.
struct risk_coverage_point {
  double threshold = 0;  ///< a confidence that occurs (bounded form: the mean of a micro-bin)
  double coverage = 0;   ///< W(c >= threshold) / W, in (0, 1]
  double risk = 0;       ///< share of errors among those rows, by weight
};

/// One point per distinct confidence, from the highest threshold down to coverage 1; empty without rows. O(groups).
[[nodiscard]] std::vector<risk_coverage_point> risk_coverage_curve(const sorted_forecasts& sorted);

}  // namespace calibrant
