#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace calibrant::detail {

/// Divides K numbers >= 0 by their sum. A row without any becomes uniform; returns how many such rows that were, 0
/// or 1.
inline std::size_t normalize_row(double* row, std::size_t K) noexcept {
  double total = 0;
  for (std::size_t k = 0; k < K; ++k) total += row[k];
  if (!(total > 0)) {
    std::fill_n(row, K, 1 / static_cast<double>(K));
    return 1;
  }
  for (std::size_t k = 0; k < K; ++k) row[k] /= total;
  return 0;
}

/// The same of whole rows.
inline std::size_t normalize_rows(std::span<double> p, std::size_t K) noexcept {
  std::size_t without_mass = 0;
  for (std::size_t i = 0; i < p.size(); i += K) without_mass += normalize_row(p.data() + i, K);
  return without_mass;
}

}  // namespace calibrant::detail
