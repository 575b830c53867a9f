#include <calibrant/stats/classwise_cells.hpp>

#include <algorithm>

#include "simd/kernels.hpp"

namespace calibrant {
namespace {

/// Calls put(b, cell) for the bins of class k. The exact part of bin 0 is the column total minus the other bins.
template <class Put>
void read_bins(const cell_table& table, std::size_t k, const Put& put) {
  const auto read = [&](std::size_t b, const exact_cell& exact) {
    put(b, table.all_exact() ? read_cell(exact) : read_cell(exact, table.fractional_or_zero(k, b)));
  };
  exact_cell first = table.exact(k, 0);
  for (std::size_t b = 1; b < table.bins(); ++b) {
    first -= table.exact(k, b);
    read(b, table.exact(k, b));
  }
  read(0, first);
}

/// A weighted row enters its bin and, if all sums stay integers, the column total that bin 0 stores.
void add_to(cell_table& table, std::size_t k, std::size_t b, double p, bool hit, double w) {
  table.add(k, b, p, hit, w);
  if (b != 0 && is_exact_weight(w)) table.exact(k, 0).add(p, hit, static_cast<std::int64_t>(w));
}

}  // namespace

template <class T>
void classwise_cells::accumulate(const T* const* rows, const row_block& block, classwise_scratch& scratch) {
  if (block.weights == nullptr && !cells_.squared() && block.label_shares == nullptr)
    accumulate_unweighted(rows, block, scratch);
  else
    accumulate_weighted(rows, block);
}

template <class T>
void classwise_cells::accumulate_unweighted(const T* const* rows, const row_block& block, classwise_scratch& scratch) {
  const std::size_t K = classes();
  const std::size_t B = edges().bins();
  if (scratch.pending.rows + block.rows > rows_between_flushes) flush(scratch);
  if (scratch.totals.size() != K) {
    scratch.totals.assign(K, 0);
    scratch.squares.assign(K, 0);
  }
  scratch.pending.resize(K * B);
  scratch.pending.rows += block.rows;
  const auto& target = simd::active_target();
  pending_cell* const cells = scratch.pending.cells.data();
  target.rows<T>().accumulate_columns(rows, block.rows, K, B, scratch.ahead, scratch.totals.data(),
                                      scratch.squares.data(), cells);
  target.accumulate_labels(block.summaries.label_probability, block.labels, block.rows, B, cells);
}

void classwise_cells::flush(classwise_scratch& scratch) {
  if (scratch.pending.rows == 0) return;
  const std::size_t B = edges().bins();
  for (std::size_t k = 0; k < classes(); ++k) {
    exact_cell* const cells = cells_.by_weight.exact_cells() + k * B;
    // The table of many classes has left the cache since the last flush, and the cells to be filled are scattered.
    constexpr std::size_t ahead = 3;
    if (k + ahead < classes())
      for (std::size_t b = 0; b < B; ++b) __builtin_prefetch(cells + ahead * B + b, 1);
    exact_cell& column = cells[0];
    column.weight += static_cast<std::int64_t>(scratch.pending.rows);
    column.confidence += scratch.totals[k];
    column.squares += scratch.squares[k];
    scratch.pending.take(k * B, B, [&](std::size_t b, const pending_cell& pending) {
      column.hits += pending.hits();
      column.products += pending.products;
      if (b != 0) cells[b].add(pending);
    });
  }
  std::fill(scratch.totals.begin(), scratch.totals.end(), 0);
  std::fill(scratch.squares.begin(), scratch.squares.end(), 0);
  scratch.pending.rows = 0;
}

template <class T>
void classwise_cells::accumulate_weighted(const T* const* rows, const row_block& block) {
  for (std::size_t i = 0; i < block.rows; ++i) {
    const double w = block.weights == nullptr ? 1.0 : block.weights[i];
    const auto y = static_cast<std::size_t>(block.labels[i]);
    for (std::size_t k = 0; k < classes(); ++k) {
      const double p = to_double(rows[i][k]);
      const std::size_t b = cells_.edges.bin_of(p);
      add_weighted(k, b, p, block.label_shares == nullptr && k == y, w);
      if (block.label_shares == nullptr) continue;
      const double share = block.label_shares[i][k];
      cells_.by_weight.fractional(k, b).add_hits(p, share, w);
      if (cells_.squared()) cells_.by_squared_weight.fractional(k, b).add_hits(p, share, w * w);
    }
  }
}

void classwise_cells::add_weighted(std::size_t k, std::size_t b, double p, bool hit, double w) {
  add_to(cells_.by_weight, k, b, p, hit, w);
  if (cells_.squared()) add_to(cells_.by_squared_weight, k, b, p, hit, w * w);
}

void classwise_cells::class_bins(std::size_t k, std::vector<cell_pair>& bins) const {
  bins.resize(edges().bins());
  read_bins(cells_.by_weight, k, [&](std::size_t b, const cell& sums) { bins[b] = {sums, sums}; });
  if (cells_.squared())
    read_bins(cells_.by_squared_weight, k, [&](std::size_t b, const cell& sums) { bins[b].variance_sums = sums; });
}

std::vector<cell_pair> classwise_cells::class_bins(std::size_t k) const {
  std::vector<cell_pair> bins;
  class_bins(k, bins);
  return bins;
}

cell_pair classwise_cells::column(std::size_t k) const {
  return cells_.read([&](const cell_table& t) {
    if (t.all_exact()) return read_cell(t.exact(k, 0));
    fractional_cell fractional;
    for (std::size_t b = 0; b < t.bins(); ++b) fractional += t.fractional_or_zero(k, b);
    return read_cell(t.exact(k, 0), fractional);
  });
}

std::vector<cell_moments> classwise_cells::class_moments(std::size_t k, double total_weight) const {
  std::vector<cell_moments> moments;
  for (const cell_pair& pair : class_bins(k))
    if (!pair.empty()) moments.push_back(pair.moments(total_weight));
  return moments;
}

template void classwise_cells::accumulate(const float* const*, const row_block&, classwise_scratch&);
template void classwise_cells::accumulate(const double* const*, const row_block&, classwise_scratch&);
template void classwise_cells::accumulate(const float16* const*, const row_block&, classwise_scratch&);

}  // namespace calibrant
