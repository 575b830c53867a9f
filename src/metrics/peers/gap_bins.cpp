#include "metrics/peers/detail/gap_bins.hpp"

#include <algorithm>
#include <cmath>

namespace calibrant::detail {

std::vector<gap_bin> gap_bins(const cell_table& cells, std::size_t k) {
  std::vector<gap_bin> bins;
  for (std::size_t b = 0; b < cells.bins(); ++b) {
    const cell sums = read_cell(cells.exact(k, b), {});
    if (sums.weight > 0)
      bins.push_back({sums.weight, sums.confidence / sums.weight, sums.hits / sums.weight, sums.gap / sums.weight});
  }
  return bins;
}

std::vector<gap_bin> gap_bins(const bin_rule& rule, std::span<const forecast> forecasts) {
  cell_table cells(1, rule.size());
  for (const forecast& f : forecasts)
    rule.for_each_bin(f.value, [&](std::size_t b) { cells.exact(0, b).add(f.value, f.hit, 1); });
  return gap_bins(cells);
}

std::vector<gap_bin> counted_bins(const cell_table& cells, std::span<const std::int64_t> counts) {
  std::vector<gap_bin> bins;
  for (std::size_t b = 0; b < cells.bins(); ++b) {
    if (counts[b] == 0) continue;
    const cell sums = read_cell(cells.exact(0, b), {});
    const double rows = sums.weight > 0 ? sums.weight : 1;
    bins.push_back({static_cast<double>(counts[b]), sums.confidence / rows, sums.hits / rows, sums.gap / rows});
  }
  return bins;
}

double rows_of(std::span<const gap_bin> bins) {
  double rows = 0;
  for (const gap_bin& bin : bins) rows += bin.rows;
  return rows;
}

double absolute_gaps(std::span<const gap_bin> bins) {
  double sum = 0;
  for (const gap_bin& bin : bins) sum += bin.rows * std::abs(bin.gap);
  return sum;
}

double squared_gaps(std::span<const gap_bin> bins) {
  double sum = 0;
  for (const gap_bin& bin : bins) sum += bin.rows * bin.gap * bin.gap;
  return sum;
}

double largest_gap(std::span<const gap_bin> bins) {
  double largest = 0;
  for (const gap_bin& bin : bins) largest = std::max(largest, std::abs(bin.gap));
  return largest;
}

}  // namespace calibrant::detail
