#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Kolmogorov-Smirnov calibration error (Gupta et al. 2021): max_j |D_j|, D_j = (1/W) sum of w (c - a) over the rows of
/// the j smallest confidences, taken at the last row of each group of equal confidences. Range [0, 1]; no bins.
///
/// Under calibration D is a sum of independent steps of variance w^2 c (1 - c) / W^2, so its largest size is that of a
/// Brownian path at the time of their sum: expectation and p-value follow (slightly conservative for few rows).
/// Bounded form: misses at most the largest share of one micro-bin. O(groups).
[[nodiscard]] estimate kolmogorov_smirnov_error(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
