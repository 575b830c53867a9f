#pragma once

#include <bit>
#include <cstdint>

namespace calibrant {

__extension__ using int128 = __int128;

/// A fixed grid on which real numbers are rounded once, so that their sums are integers and do not depend on order.
///
/// Adding `magic` = 2^k (or 1.5 2^k) to x moves x into a binade whose last place is the grid's unit; the difference of
/// the bit patterns is x in that unit, rounded to nearest even. Domain: 0 <= x and x + magic below the next power of
/// two (inclusive).
struct sum_grid {
  double magic;  ///< the number added
  int exponent;  ///< the unit is 2^-exponent

  [[nodiscard]] constexpr std::int64_t round(double x) const noexcept {
    return std::bit_cast<std::int64_t>(x + magic) - std::bit_cast<std::int64_t>(magic);
  }
  /// The real number that a sum in this grid's unit stands for, rounded once.
  [[nodiscard]] double value(int128 sum) const noexcept {
    const auto low = static_cast<std::int64_t>(sum);
    const double rounded = low == sum ? static_cast<double>(low) : static_cast<double>(sum);
    return rounded * std::bit_cast<double>(static_cast<std::int64_t>(1023 - exponent) << 52);  // 2^-exponent
  }
};

namespace grids {
inline constexpr sum_grid unit{2.0, 51};             ///< [0, 1]: probabilities
inline constexpr sum_grid brier{4.0, 50};            ///< [0, 4]: Brier scores and their squares
inline constexpr sum_grid loss{6144.0, 40};          ///< [0, 2048]: losses in nats
inline constexpr sum_grid squared_loss{0x1p22, 30};  ///< [0, 2^22]: squared losses
inline constexpr sum_grid entropy{64.0, 46};         ///< [0, 64]: entropies in nats
inline constexpr sum_grid surprise{512.0, 43};       ///< [0, 512]: variances of the surprise in nats^2
}  // namespace grids

}  // namespace calibrant
