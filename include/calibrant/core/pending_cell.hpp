#pragma once

#include <cstddef>
#include <cstdint>

namespace calibrant {

/// Rows that the int64 sums of a cell can take before they must be moved into 128 bits: a number in [0, 1] is at most
/// 2^51 units.
inline constexpr std::size_t rows_between_flushes = 4095;

/// What up to rows_between_flushes unweighted rows added to one cell, before it is moved into 128-bit sums. Rows and
/// hits share a word, so that a row is one addition of four words.
struct alignas(32) pending_cell {
  std::int64_t counts;    ///< rows + 2^32 hits
  std::int64_t value;     ///< sum of p, unit 2^-51
  std::int64_t squares;   ///< sum of p^2, unit 2^-51
  std::int64_t products;  ///< sum of p over the hits, unit 2^-51

  static constexpr std::int64_t one_row = 1;
  static constexpr std::int64_t one_hit = std::int64_t{1} << 32;
  [[nodiscard]] std::int64_t rows() const noexcept { return counts & (one_hit - 1); }
  [[nodiscard]] std::int64_t hits() const noexcept { return counts >> 32; }
  friend bool operator==(const pending_cell&, const pending_cell&) = default;
};

}  // namespace calibrant
