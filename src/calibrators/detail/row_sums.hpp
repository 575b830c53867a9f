#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>

namespace calibrant::detail {

/// Sums over the rows of a training set, one share of the rows at a time: add(first, last, sums) adds what rows [first,
/// last) have to add. The shares are added in their order, so threads do not show. Memory: `parts` times as many
/// numbers.
template <class Add>
[[nodiscard]] std::vector<double> sum_over_rows(const training_set& rows, std::size_t numbers, std::size_t most_parts,
                                                const Add& add) {
  const std::size_t parts = rows.parts(most_parts);
  std::vector<std::vector<double>> shares(parts);
  rows.for_each_part(parts, [&](std::size_t part, std::size_t first, std::size_t last) {
    shares[part].assign(numbers, 0.0);
    add(first, last, std::span<double>(shares[part]));
  });
  for (std::size_t part = 1; part < parts; ++part)
    for (std::size_t j = 0; j < numbers; ++j) shares[0][j] += shares[part][j];
  return std::move(shares[0]);
}

}  // namespace calibrant::detail
