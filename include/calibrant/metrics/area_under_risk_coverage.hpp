#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// How well confidence tells right predictions from wrong ones, over all thresholds at once. Rows of higher confidence
// are answered first; coverage is the share of rows answered, selective risk the share of errors among them.
//
// Under calibration the areas are sums of independent errors with known weights: expectation exact, p-value two-sided
// from three moments. Intervals: influence function, normal on the log-odds scale; without errors (or without hits)
// what a Clopper-Pearson bound of the error rate leaves possible. Importance weights: a row is one step of its own
// weight. Bounded form: rows of one micro-bin are ties. All O(groups).

/// AURC (Geifman, Uziel and El-Yaniv 2019): mean over rows of the selective risk once the row is answered, in
/// expectation over the order of ties. Range [0, 1]; without skill it is the error rate. Frequency weight m is m rows.
[[nodiscard]] estimate area_under_risk_coverage(const sorted_forecasts& sorted, const metric_options& options = {});

/// E-AURC: the same minus what the best order at this error rate r would have, r + (1 - r) ln(1 - r). Range [0, 1].
/// Expectation under calibration to second order in the error rate.
[[nodiscard]] estimate excess_area_under_risk_coverage(const sorted_forecasts& sorted,
                                                       const metric_options& options = {});

/// AURC as fd-shifts computes it (Jaeger et al. 2023): trapezoid over the distinct thresholds, the first risk repeated
/// at coverage 0. Range [0, 1]. It estimates what AURC does, whose interval stands for both.
[[nodiscard]] estimate area_under_risk_coverage_trapezoid(const sorted_forecasts& sorted,
                                                          const metric_options& options = {});

/// AUGRC (Traub et al. 2024): trapezoid of the joint share of answered and wrong rows over coverage, which does not
/// depend on the order of ties. Range [0, 1/2]; the best order has r^2 / 2, no skill r / 2.
[[nodiscard]] estimate area_under_generalized_risk_coverage(const sorted_forecasts& sorted,
                                                            const metric_options& options = {});

}  // namespace calibrant
