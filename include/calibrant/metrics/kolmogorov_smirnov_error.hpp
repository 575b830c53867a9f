#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/class_value_store.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

// How far promised and actual hits drift apart: D_j = (1/W) sum of w (c - a) over the rows of the j smallest
// confidences, taken at the last row of each group of equal confidences. No bins.
//
// Under calibration D is a sum of independent steps of variance w^2 c (1 - c) / W^2, close to a Brownian path that runs
// for the sum of those variances: expectation and p-value follow (slightly conservative for few rows, because the path
// is seen at its steps alone). Interval: the sample path differs from the population's by a path of variance at most
// that of a Brownian one with steps (c - a)^2, so an error of the one is within that path's quantile of the other, at
// any error. Bounded form: what happens inside a micro-bin is not seen, so the value misses at most the detail
// `resolution`, the largest share of a micro-bin. No rows: no value. O(groups).

/// Kolmogorov-Smirnov calibration error max_j |D_j| (Gupta et al. 2021). Range [0, 1].
[[nodiscard]] estimate kolmogorov_smirnov_error(const sorted_forecasts& sorted, const metric_options& options = {});

/// The mean over classes of the Kolmogorov-Smirnov error of "the label is k", forecast p_k (Gupta et al. 2021); the
/// detail `maximum` is the largest of them. The intervals of the classes hold together (each at 1 - alpha/K), so the
/// mean of their ends holds at the level, however the classes depend on each other. Range [0, 1]. O(n K).
[[nodiscard]] estimate classwise_kolmogorov_smirnov_error(const class_value_store& values,
                                                          const metric_options& options = {});

/// Kuiper calibration error max_j D_j - min_j D_j, D_0 = 0 (Arrieta-Ibarra, Gujral, Tannen, Tygert and Xu 2022): also
/// large where over-confidence at one level is made up for at another. Range [0, 1].
[[nodiscard]] estimate kuiper_error(const sorted_forecasts& sorted, const metric_options& options = {});

}  // namespace calibrant
