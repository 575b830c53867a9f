#include <calibrant/stats/equal_mass_bins.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/compensated_sum.hpp>

namespace calibrant {

equal_mass_bins::equal_mass_bins(const sorted_forecasts& sorted) : sorted_(&sorted) {
  const std::span<const double> weights = sorted.weights();
  reached_.resize(weights.size());
  if (sorted.counts()) {  // whole numbers: exact
    double sum = 0;
    for (std::size_t g = 0; g < weights.size(); ++g) reached_[g] = sum += weights[g];
    return;
  }
  compensated_sum sum;
  for (std::size_t g = 0; g < weights.size(); ++g) {
    sum.add(weights[g]);
    reached_[g] = sum.value();
  }
}

double equal_mass_bins::most_bins() const noexcept {
  return sorted_->counts() ? sorted_->total_weight() : static_cast<double>(sorted_->size());
}

bool equal_mass_bins::next_cut(double bins, position& p) const {
  return sorted_->counts() ? next_cut_of_rows(bins, p) : next_cut_of_weights(bins, p);
}

namespace {

/// The first of the groups below and above a boundary whose value reaches the edge between them. Of two neighbouring
/// doubles the midpoint is one of the two.
std::size_t cut_between(std::span<const double> values, std::size_t below, double& edge) {
  edge = values[below] + (values[below + 1] - values[below]) / 2;
  return edge > values[below] ? below + 1 : below;
}

}  // namespace

// Chunk j ends before row r_j = j q + min(j, m) with W = q B + m. Where r_j falls inside a group its value is the edge,
// and so it is for all boundaries in that group: the next one of interest is the first with r_j at the group's end.
bool equal_mass_bins::next_cut_of_rows(double bins, position& p) const {
  const std::span<const double> values = sorted_->values();
  const double W = sorted_->total_weight();
  const double q = std::floor(W / bins);
  const double m = W - q * bins;
  for (; p.boundary < bins;) {
    const double row = p.boundary * q + std::min(p.boundary, m);
    if (row >= W) return false;
    const auto group = std::upper_bound(reached_.begin() + static_cast<std::ptrdiff_t>(p.search), reached_.end(), row);
    const auto g = static_cast<std::size_t>(group - reached_.begin());
    double edge = values[g];
    if (g > 0 && reached_[g - 1] == row) {
      p.cut = cut_between(values, g - 1, edge);
      p.boundary += 1;
    } else {
      p.cut = g;
      const double end = reached_[g];
      const double long_rows = m * (q + 1);
      p.boundary = end <= long_rows ? std::ceil(end / (q + 1)) : m + std::ceil((end - long_rows) / q);
    }
    p.search = g;
    if (edge >= 1) return false;  // it is the outer edge
    return true;
  }
  return false;
}

bool equal_mass_bins::next_cut_of_weights(double bins, position& p) const {
  const std::span<const double> values = sorted_->values();
  const double W = sorted_->total_weight();
  if (p.boundary >= bins) return false;
  const double mass = p.boundary * W / bins;
  const auto group = std::lower_bound(reached_.begin() + static_cast<std::ptrdiff_t>(p.search), reached_.end(), mass);
  const auto g = static_cast<std::size_t>(group - reached_.begin());
  if (g + 1 >= reached_.size()) return false;
  double edge = 0;
  p.cut = cut_between(values, g, edge);
  p.boundary = std::max(p.boundary + 1, std::floor(reached_[g] / W * bins));
  while (p.boundary * W / bins <= reached_[g]) p.boundary += 1;
  p.search = g + 1;
  return edge < 1;
}

std::vector<cell_moments> equal_mass_bins::moments(std::size_t bins) const {
  std::vector<cell_moments> cells;
  for_each(static_cast<double>(bins), [&](std::size_t first, std::size_t last) {
    cells.push_back(sorted_->moments(first, last, sorted_->total_weight()));
    return true;
  });
  return cells;
}

}  // namespace calibrant
