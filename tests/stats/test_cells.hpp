#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <calibrant/stats/cell_moments.hpp>

namespace calibrant::testing {

/// One row of a binned error, with its weight.
struct weighted_row {
  double confidence;
  bool hit;
  double weight = 1;
};

enum class row_weights { frequency, importance };

/// Cells of equal width, straight from their definition, without empty ones.
inline std::vector<cell_moments> cells_from(const std::vector<weighted_row>& rows, std::size_t bins,
                                            row_weights kind = row_weights::frequency) {
  struct sums {
    double w = 0, q = 0, c = 0, a = 0, r = 0, v = 0, qr = 0, qv = 0;
  };
  std::vector<sums> all(bins);
  double total = 0;
  for (const auto& [c, hit, w] : rows) {
    const double residual = (c - hit) * (c - hit);
    const double variance = c * (1 - c);
    sums& s = all[std::min(static_cast<std::size_t>(c * static_cast<double>(bins)), bins - 1)];
    s.w += w;
    s.q += w * w;
    s.c += w * c;
    s.a += w * hit;
    s.r += w * residual;
    s.v += w * variance;
    s.qr += w * w * residual;
    s.qv += w * w * variance;
    total += w;
  }
  std::vector<cell_moments> cells;
  for (const sums& s : all) {
    if (s.w == 0) continue;
    const bool frequency = kind == row_weights::frequency;
    cells.push_back({s.w / total, frequency ? s.w : s.w * s.w / s.q, s.c / s.w, s.a / s.w,
                     frequency ? s.r / s.w : s.qr / s.q, frequency ? s.v / s.w : s.qv / s.q});
  }
  return cells;
}

}  // namespace calibrant::testing
