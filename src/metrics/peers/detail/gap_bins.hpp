#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/metrics/peers/bin_rule.hpp>
#include <calibrant/metrics/peers/peer_state.hpp>
#include <calibrant/stats/cell_table.hpp>

namespace calibrant::detail {

/// A bin that holds rows.
struct gap_bin {
  double rows;
  double confidence;  ///< mean
  double accuracy;
  double gap;  ///< confidence - accuracy, with its digits where they nearly cancel
};

/// The bins of class k that hold rows, in order.
[[nodiscard]] std::vector<gap_bin> gap_bins(const cell_table& cells, std::size_t k = 0);
/// The forecasts in the bins of the rule.
[[nodiscard]] std::vector<gap_bin> gap_bins(const bin_rule& rule, std::span<const forecast> forecasts);

/// The bins of the top label that hold rows by the peer's rule for counts, with those counts; no row for their means is
/// no gap, as netcal has it.
[[nodiscard]] std::vector<gap_bin> counted_bins(const cell_table& cells, std::span<const std::int64_t> counts);

/// Rows in all bins together.
[[nodiscard]] double rows_of(std::span<const gap_bin> bins);
/// sum rows |gap|
[[nodiscard]] double absolute_gaps(std::span<const gap_bin> bins);
/// sum rows gap^2
[[nodiscard]] double squared_gaps(std::span<const gap_bin> bins);
/// max |gap|; 0 without bins
[[nodiscard]] double largest_gap(std::span<const gap_bin> bins);

}  // namespace calibrant::detail
