#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/core/pending_cell.hpp>

namespace calibrant {

/// Working memory of one thread: K x B cells in 64 bits, class-major, whose rows have not been moved into a state yet.
struct pending_cells {
  std::vector<pending_cell> cells;
  std::size_t rows = 0;  ///< at most rows_between_flushes

  /// Makes the table ready for a state of `count` cells.
  void resize(std::size_t count) {
    if (cells.size() != count) cells.assign(count, {});
  }
  void clear() {
    cells.assign(cells.size(), {});
    rows = 0;
  }
};

}  // namespace calibrant
