#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <calibrant/metrics/peers/bin_rule.hpp>
#include <calibrant/metrics/peers/peer_state.hpp>

namespace calibrant::detail {

/// Bins of equal mass as uncertainty-calibration makes them: chunks as numpy.array_split, edges halfway between
/// neighbouring chunks, each edge once, closed above. Halves are rounded to `type`. `sorted` must not be empty.
[[nodiscard]] bin_rule chunk_midpoints(std::span<const forecast> sorted, std::size_t bins, peer_number type);

/// One bin per distinct value, with edges halfway between them, closed above.
[[nodiscard]] bin_rule distinct_values(std::span<const forecast> sorted, peer_number type);
[[nodiscard]] std::size_t count_distinct(std::span<const forecast> sorted);

/// Bins of equal mass as the GCE family makes them: lower edges are the values of rank round(i n/B), half to even,
/// closed below. `sorted` must not be empty.
[[nodiscard]] bin_rule ranked_values(std::span<const forecast> sorted, std::size_t bins);

/// 0, the quantiles at j/B by numpy.quantile's linear rule, and 1. Empty if two of them are equal.
[[nodiscard]] std::vector<double> quantiles(std::span<const forecast> sorted, std::size_t bins);

/// In increasing order of value; ties stay in the order of rows.
[[nodiscard]] std::vector<forecast> in_order(std::vector<forecast> forecasts);

}  // namespace calibrant::detail
