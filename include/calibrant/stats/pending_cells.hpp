#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
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
  /// Calls move(i, cell) for the cells `first` + i, i < count, to which anything was added, and empties them.
  template <class Move>
  void take(std::size_t first, std::size_t count, Move&& move) {
    constexpr std::size_t word = 64;
    for (std::size_t begin = 0; begin < count; begin += word) {
      // Which cells are filled is hard to predict, so they are found without branches.
      pending_cell* const some = cells.data() + first + begin;
      std::uint64_t filled = 0;
      for (std::size_t i = 0; i < std::min(word, count - begin); ++i)
        filled |= static_cast<std::uint64_t>(some[i].counts != 0) << i;
      for (; filled != 0; filled &= filled - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(filled));
        move(begin + i, some[i]);
        some[i] = {};
      }
    }
  }
};

}  // namespace calibrant
