#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// Answering only the rows of confidence at or above a threshold: coverage is their share, selective risk the share of
// errors among them (El-Yaniv and Wiener 2010). Thresholds are confidences that occur; nothing is interpolated. Bounded
// form: a threshold falls on a micro-bin. All O(groups).

/// Selective risk at the highest threshold whose coverage is at least options.coverage. Range [0, 1]. Interval:
/// Clopper-Pearson for the risk at that threshold, which the confidences alone fix, importance weights with the
/// effective number of rows. Under calibration the expectation is the mean of 1 - c over the rows answered. Details:
/// threshold, coverage.
[[nodiscard]] estimate risk_at_coverage(const sorted_forecasts& sorted, const metric_options& options = {});

/// Selective risk of the rows with c >= options.threshold, in the same way; no value if there is none. Details:
/// coverage.
[[nodiscard]] estimate selective_risk(const sorted_forecasts& sorted, const metric_options& options = {});

/// Largest coverage whose selective risk is at most options.risk; 0 if none is. Range [0, 1]. No interval: the labels
/// choose the threshold, so the risk at it is underestimated. Details: threshold (if there is one), promised_coverage:
/// the coverage at which the confidences themselves promise that risk.
[[nodiscard]] estimate coverage_at_risk(const sorted_forecasts& sorted, const metric_options& options = {});

/// Share of the rows with c >= options.threshold. Range [0, 1]. Interval: Wilson (1927), importance weights with the
/// effective number of rows. It does not depend on the labels.
[[nodiscard]] estimate coverage_at_threshold(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
