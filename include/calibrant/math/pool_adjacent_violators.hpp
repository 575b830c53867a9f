#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace calibrant {

/// One level of an isotonic regression: `weight` and `sum` of the cells [first, last) that share the value sum /
/// weight.
struct isotonic_block {
  std::size_t first = 0;
  std::size_t last = 0;
  double weight = 0;
  double sum = 0;
};

/// Isotonic least squares of cells with weights > 0 and sums of weight times response (Ayer et al. 1955: pool adjacent
/// violators): blocks of increasing value that cover all cells. Neighbours of equal value are one block. O(cells).
[[nodiscard]] std::vector<isotonic_block> isotonic_blocks(std::span<const double> weights,
                                                          std::span<const double> sums);

}  // namespace calibrant
