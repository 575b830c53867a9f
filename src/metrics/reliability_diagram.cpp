#include <calibrant/metrics/reliability_diagram.hpp>

#include <algorithm>

#include <calibrant/core/bin_edges.hpp>
#include <calibrant/stats/clopper_pearson.hpp>

namespace calibrant {
namespace {

std::vector<reliability_bin> diagram(const bin_edges& edges, confidence_level level,
                                     const std::vector<cell_pair>& cells) {
  std::vector<reliability_bin> bins;
  bins.reserve(edges.bins());
  for (std::size_t b = 0; b < edges.bins(); ++b) {
    reliability_bin bin{
        .lower = edges.lower(b), .upper = edges.upper(b), .count = 0, .confidence = {}, .accuracy = {}, .bounds = {}};
    if (const cell_pair& pair = cells[b]; !pair.empty()) {
      const double rows = pair.effective_rows();
      bin.count = pair.sums.weight;
      bin.confidence = pair.sums.confidence / pair.sums.weight;
      bin.accuracy = pair.sums.hits / pair.sums.weight;
      bin.bounds = clopper_pearson(std::min(*bin.accuracy * rows, rows), rows, level);
    }
    bins.push_back(bin);
  }
  return bins;
}

}  // namespace

std::vector<reliability_bin> top_label_reliability(const top_label_cells& cells, confidence_level level) {
  return diagram(cells.edges(), level, cells.bins());
}

std::vector<reliability_bin> class_reliability(const classwise_cells& cells, std::size_t k, confidence_level level) {
  return diagram(cells.edges(), level, cells.class_bins(k));
}

}  // namespace calibrant
