#pragma once

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Where the share of hits of a calibrated model lies, with at least the probability `level`, in a bin of `rows` rows
/// and mean forecast `p` (consistency bars, Broecker and Smith 2007, without resampling): the smallest range of shares
/// k/n that leaves at most alpha/2 of Binomial(n, p) on each side. Rows of a bin differ in their forecasts; their
/// number of hits is then no more spread than that binomial (Hoeffding 1956), so the range is slightly wide, never
/// narrow. `rows` is rounded to a whole number of at least 1 (importance weights: the effective number), and above 2^40
/// counts as 2^40. Throws error (invalid_argument) unless 0 <= p <= 1 and rows > 0. O(log rows).
[[nodiscard]] interval consistency_interval(double p, double rows, confidence_level level = {});

}  // namespace calibrant
