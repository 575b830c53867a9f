#include <calibrant/stats/top_label_cells.hpp>

#include <algorithm>

#include "simd/kernels.hpp"

namespace calibrant {
namespace {

/// For each bin the sum over the classes, in one walk through memory; at the end that over all bins.
std::vector<cell> sum_by_bin(const cell_table& table) {
  std::vector<exact_cell> exact(table.bins());
  std::vector<fractional_cell> fractional(table.bins());
  for (std::size_t k = 0; k < table.classes(); ++k)
    for (std::size_t b = 0; b < table.bins(); ++b) {
      exact[b] += table.exact(k, b);
      if (!table.all_exact()) fractional[b] += table.fractional_or_zero(k, b);
    }
  std::vector<cell> cells;
  cells.reserve(table.bins());
  for (std::size_t b = 0; b < table.bins(); ++b) cells.push_back(read_cell(exact[b], fractional[b]));
  // The sum over all bins comes last.
  for (std::size_t b = 1; b < table.bins(); ++b) {
    exact[0] += exact[b];
    fractional[0] += fractional[b];
  }
  cells.push_back(read_cell(exact[0], fractional[0]));
  return cells;
}

}  // namespace

void top_label_cells::accumulate(const row_block& block, pending_cells& scratch) {
  sums_.reset();
  if (block.weights != nullptr || cells_.squared() || block.label_shares != nullptr) {
    accumulate_weighted(block);
    return;
  }
  // Where there are more cells than rows may wait, looking for the filled ones costs more than it saves.
  if (classes() * edges().bins() > rows_between_flushes) {
    accumulate_sparse(block);
    return;
  }
  if (scratch.rows + block.rows > rows_between_flushes) flush(scratch);
  scratch.resize(classes() * edges().bins());
  scratch.rows += block.rows;
  simd::active_target().accumulate_top_labels(block.summaries.confidence, block.summaries.prediction, block.labels,
                                              block.rows, edges().bins(), scratch.cells.data());
}

void top_label_cells::flush(pending_cells& scratch) {
  if (scratch.rows == 0) return;
  sums_.reset();
  exact_cell* const cells = cells_.by_weight.exact_cells();
  scratch.take(0, scratch.cells.size(), [&](std::size_t i, const pending_cell& pending) { cells[i].add(pending); });
  scratch.rows = 0;
}

void top_label_cells::accumulate_sparse(const row_block& block) {
  const row_summaries& s = block.summaries;
  exact_cell* const cells = cells_.by_weight.exact_cells();
  const auto cell_of = [&](std::size_t i) {
    return cells + static_cast<std::size_t>(s.prediction[i]) * edges().bins() + edges().bin_of(s.confidence[i]);
  };
  // Cells of different classes lie far apart: all are on their way before the first is needed.
  constexpr std::size_t group = 32;
  for (std::size_t first = 0; first < block.rows; first += group) {
    const std::size_t last = std::min(first + group, block.rows);
    exact_cell* to[group];
    for (std::size_t i = first; i < last; ++i) __builtin_prefetch(to[i - first] = cell_of(i), 1);
    for (std::size_t i = first; i < last; ++i)
      to[i - first]->add(s.confidence[i], s.prediction[i] == block.labels[i], 1);
  }
}

void top_label_cells::accumulate_weighted(const row_block& block) {
  const row_summaries& s = block.summaries;
  for (std::size_t i = 0; i < block.rows; ++i) {
    const double c = s.confidence[i];
    const double w = block.weights == nullptr ? 1.0 : block.weights[i];
    const auto k = static_cast<std::size_t>(s.prediction[i]);
    const std::size_t b = cells_.edges.bin_of(c);
    if (block.label_shares != nullptr)
      cells_.add_share(k, b, c, block.label_shares[i][k], w);
    else
      cells_.add(k, b, c, s.prediction[i] == block.labels[i], w);
  }
}

cell_pair top_label_cells::at(std::size_t k, std::size_t b) const {
  return cells_.read([&](const cell_table& t) { return t.read(k, b); });
}
const top_label_cells::class_sums& top_label_cells::sums() const {
  return sums_.get([this] {
    const std::vector<cell> sums = sum_by_bin(cells_.by_weight);
    const std::vector<cell> variance_sums = cells_.squared() ? sum_by_bin(cells_.by_squared_weight) : sums;
    class_sums result;
    result.bins.reserve(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) result.bins.push_back({sums[i], variance_sums[i]});
    result.all = result.bins.back();
    result.bins.pop_back();
    return result;
  });
}
cell_pair top_label_cells::predicted(std::size_t k) const {
  return cells_.read([&](const cell_table& t) {
    exact_cell exact;
    fractional_cell fractional;
    for (std::size_t b = 0; b < t.bins(); ++b) {
      exact += t.exact(k, b);
      if (!t.all_exact()) fractional += t.fractional_or_zero(k, b);
    }
    return t.all_exact() ? read_cell(exact) : read_cell(exact, fractional);
  });
}

std::vector<cell_moments> top_label_cells::bin_moments() const {
  double total = 0;
  for (const cell_pair& pair : bins()) total += pair.sums.weight;
  std::vector<cell_moments> moments;
  for (const cell_pair& pair : bins())
    if (!pair.empty()) moments.push_back(pair.moments(total));
  return moments;
}

std::vector<cell_moments> top_label_cells::conditional_moments() const {
  const double total = all().sums.weight;
  std::vector<cell_moments> moments;
  for (std::size_t k = 0; k < classes(); ++k)
    for (std::size_t b = 0; b < edges().bins(); ++b)
      if (const cell_pair pair = at(k, b); !pair.empty()) moments.push_back(pair.moments(total));
  return moments;
}

}  // namespace calibrant
