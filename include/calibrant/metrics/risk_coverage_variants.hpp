#pragma once

#include <span>

#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// The area under the risk-coverage curve as other packages compute it. Plain functions without uncertainty, over rows
// in the order in which they stand where the order of ties matters: confidences and hits (0 or 1) of one length,
// without weights. Each throws error (shape_mismatch) if the lengths differ, and is NaN without rows. O(n log n), 16
// bytes a row.

/// (1/n) sum_j err(j)/j in stable order of decreasing confidence, err(j) the errors among the first j rows: the code of
/// Geifman and El-Yaniv, and what many copies of it compute. Depends on the order of ties.
[[nodiscard]] double mean_order_risk_coverage_area(std::span<const double> confidence, std::span<const double> hits);

/// torch-uncertainty: trapezoid of err(j)/j over the coverages 1/n, ..., 1, divided by 1 - 1/n. Depends on the order of
/// ties. NaN for fewer than two rows.
[[nodiscard]] double torch_uncertainty_risk_coverage_area(std::span<const double> confidence,
                                                          std::span<const double> hits);

/// fd-shifts: trapezoid over the distinct thresholds with the first risk repeated at coverage 0; the value of
/// area_under_risk_coverage_trapezoid. NaN without rows. O(groups).
[[nodiscard]] double fd_shifts_risk_coverage_area(const sorted_forecasts& sorted);

}  // namespace calibrant
