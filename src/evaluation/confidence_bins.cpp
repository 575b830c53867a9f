#include <calibrant/evaluation/confidence_bins.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/peers/bin_rule.hpp>

#include "evaluation/detail/position_block.hpp"
#include "simd/kernels.hpp"

namespace calibrant {
namespace {

bin_edges edges_of(confidence_rule rule, std::size_t bins) {
  bin_edges textbook = bin_edges::equal_width(bins);
  switch (rule) {
    case confidence_rule::textbook:
      break;
    case confidence_rule::torchmetrics:
      return bin_edges::with_one_alone(peer_bins::torch_linspace_float32(bins));
    case confidence_rule::torchmetrics_float64:
      return bin_edges::with_one_alone(peer_bins::torch_linspace_float64(bins));
  }
  return textbook;
}

constexpr std::int64_t low_word = (std::int64_t{1} << 32) - 1;

/// The bins of one part of the positions. A part is short enough that no sum of low words overflows.
class part_of_bins {
 public:
  part_of_bins(const bin_edges& edges, confidence_rule rule) : edges_(edges), rule_(rule), bins_(edges.bins()) {}

  void add(double confidence, bool hit) noexcept {
    const double c =
        rule_ == confidence_rule::torchmetrics ? static_cast<double>(static_cast<float>(confidence)) : confidence;
    confidence_bin& bin = bins_[edges_.bin_of(c)];
    const std::int64_t units = grids::unit.round(c);
    bin.positions += 1;
    bin.hits += hit ? 1 : 0;
    bin.high += units >> 32;
    bin.low += units & low_word;
  }

  template <class T>
  void accumulate(const strided_scores<T>& scores, const labelled_positions& all, std::size_t first, std::size_t last) {
    detail::position_block<T> block(scores, all);
    for (std::size_t begin = first; begin < last; begin += block.capacity()) {
      block.load(begin, std::min(last, begin + block.capacity()));
      const row_summaries s = block.summarize();
      for (std::size_t i = 0; i < block.size(); ++i) add(s.confidence[i], s.prediction[i] == block.label(i));
    }
  }

  [[nodiscard]] const std::vector<confidence_bin>& bins() const noexcept { return bins_; }

 private:
  const bin_edges& edges_;
  confidence_rule rule_;
  std::vector<confidence_bin> bins_;
};

/// Positions in one part: below 2^31, so that 2^32 times them fits an int64.
constexpr std::size_t largest_part = std::size_t{1} << 30;
/// Scores that are worth another thread.
constexpr std::size_t smallest_part = std::size_t{1} << 17;

std::size_t parts_of(std::size_t positions, std::size_t classes, std::size_t threads) {
  if (positions == 0) return 0;
  const std::size_t useful = std::max<std::size_t>(1, positions * classes / smallest_part);
  const std::size_t wanted = threads == 1 ? 1 : std::min(4 * threads, useful);
  return std::max(wanted, (positions + largest_part - 1) / largest_part);
}

}  // namespace

confidence_bins::confidence_bins(std::size_t bins, confidence_rule rule)
    : edges_(edges_of(rule, bins)), rule_(rule), bins_(edges_.bins()) {}

void confidence_bins::accumulate(const labelled_positions& positions, thread_pool& pool) {
  std::visit(
      [&](const auto& scores) {
        const std::size_t n = scores.samples * scores.places;
        if (positions.labels.size() != n)
          throw error(error_code::shape_mismatch, "references: got " + std::to_string(positions.labels.size()) +
                                                      " labels beside " + std::to_string(n) +
                                                      " positions of predictions, expected one for each");
        const std::size_t parts = parts_of(n, scores.classes, pool.size());
        std::vector<part_of_bins> sums(parts, part_of_bins(edges_, rule_));
        pool.run(parts, [&](std::size_t part) {
          sums[part].accumulate(scores, positions, n * part / parts, n * (part + 1) / parts);
        });
        for (const part_of_bins& part : sums) {
          for (std::size_t b = 0; b < bins_.size(); ++b) {
            const confidence_bin& more = part.bins()[b];
            confidence_bin& bin = bins_[b];
            const std::int64_t low = bin.low + more.low;
            bin = {bin.positions + more.positions, bin.hits + more.hits, bin.high + more.high + (low >> 32),
                   low & low_word};
          }
        }
      },
      positions.scores);
}

cell_table cells_of(std::span<const confidence_bin> bins) {
  cell_table cells(1, bins.size());
  for (std::size_t b = 0; b < bins.size(); ++b) {
    exact_cell& cell = cells.exact(0, b);
    cell.weight = bins[b].positions;
    cell.hits = bins[b].hits;
    cell.confidence = static_cast<int128>(bins[b].high) * (low_word + 1) + bins[b].low;
  }
  return cells;
}

}  // namespace calibrant
