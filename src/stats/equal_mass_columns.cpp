#include <calibrant/stats/equal_mass_columns.hpp>

#include <algorithm>
#include <cstdint>

#include <calibrant/stats/cell_table.hpp>
#include <calibrant/stats/equal_mass_bins.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>
#include <calibrant/stats/weighted_cells.hpp>

namespace calibrant {
namespace {

/// The first entry whose forecast is at least `value`, of those from `first` on.
std::size_t first_at_least(const forecast_column& column, std::size_t first, double value) {
  std::size_t last = column.entries();
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (column.forecast(middle) < value)
      first = middle + 1;
    else
      last = middle;
  }
  return first;
}

std::size_t first_above(const forecast_column& column, double threshold) {
  std::size_t first = first_at_least(column, 0, threshold);
  while (first < column.entries() && column.forecast(first) == threshold) ++first;
  return first;
}

/// Moments of the entries [first, last), by the exact sums of cells.
cell_moments moments_of(const forecast_column& column, std::size_t first, std::size_t last, double total) {
  exact_cell sums;
  for (std::size_t start = first; start < last; start += rows_between_flushes) {
    const std::size_t end = std::min(last, start + rows_between_flushes);
    std::int64_t hits = 0;
    pending_cell part{};
    for (std::size_t i = start; i < end; ++i) {
      const double p = column.forecast(i);
      const std::int64_t q = grids::unit.round(p);
      const std::int64_t hit = column.hit(i) ? 1 : 0;
      part.value += q;
      part.squares += grids::unit.round(p * p);
      part.products += hit * q;
      hits += hit;
    }
    part.counts = static_cast<std::int64_t>(end - start) * pending_cell::one_row + hits * pending_cell::one_hit;
    sums.add(part);
  }
  const cell real = read_cell(sums, {});
  return cell_pair{real, real}.moments(total);
}

/// The cuts of equal_mass_bins where every entry is one row.
std::vector<cell_moments> plain_moments(const forecast_column& column, std::size_t bins, double threshold) {
  std::vector<cell_moments> moments;
  const std::size_t begin = first_above(column, threshold);
  const std::size_t n = column.entries() - begin;
  if (n == 0) return moments;
  const auto total = static_cast<double>(n);
  std::size_t first = begin;
  const std::size_t chunk = n / bins;
  const std::size_t longer = n % bins;
  for (std::size_t j = 1; j < bins && j < n; ++j) {
    const std::size_t row = begin + j * chunk + std::min(j, longer);
    const double below = column.forecast(row - 1);
    const double edge = below + (column.forecast(row) - below) / 2;
    if (edge >= 1) break;
    const std::size_t cut = edge > below ? row : first_at_least(column, begin, below);
    if (cut <= first) continue;
    moments.push_back(moments_of(column, first, cut, total));
    first = cut;
  }
  moments.push_back(moments_of(column, first, column.entries(), total));
  return moments;
}

sorted_forecasts above(const sorted_forecasts& all, double threshold) {
  sorted_forecasts kept(all.kind(), all.exact(), all.counts());
  for (std::size_t g = 0; g < all.size(); ++g)
    if (all.values()[g] > threshold)
      kept.push({all.values()[g], all.weights()[g], all.hits()[g], all.variance_weights()[g], all.variance_hits()[g]});
  return kept;
}

}  // namespace

std::vector<cell_moments> equal_mass_moments(const forecast_column& column, std::size_t bins, double threshold) {
  if (column.plain()) return plain_moments(column, bins, threshold);
  const sorted_forecasts kept = above(column.sorted(), threshold);
  return equal_mass_bins(kept).moments(bins);
}

}  // namespace calibrant
