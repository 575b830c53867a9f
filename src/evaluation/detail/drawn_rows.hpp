#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <calibrant/core/random.hpp>

namespace calibrant::detail {

/// Poisson(1) numbers from 32 random bits: the first m with P(X <= m) > u 2^-32.
class poisson_table {
 public:
  constexpr poisson_table() {
    double mass = 0x1.78b56362cef38p-2;  // 1 / e
    double below = 0;
    for (std::size_t m = 0; m < thresholds_.size(); ++m) {
      below += mass;
      thresholds_[m] =
          below >= 1 ? std::numeric_limits<std::uint32_t>::max() : static_cast<std::uint32_t>(below * 0x1p32);
      mass /= static_cast<double>(m + 1);
    }
  }
  static constexpr std::size_t largest = 13;

  [[nodiscard]] constexpr std::size_t operator()(std::uint32_t u) const noexcept {
    std::size_t m = static_cast<std::size_t>(u >= thresholds_[0]) + static_cast<std::size_t>(u >= thresholds_[1]) +
                    static_cast<std::size_t>(u >= thresholds_[2]);
    if (u >= thresholds_[3])
      for (m = 4; m < largest && u >= thresholds_[m]; ++m) {
      }
    return m;
  }

 private:
  std::array<std::uint32_t, largest> thresholds_{};
};
inline constexpr poisson_table poisson;

/// The rows of one replicate, each as often as it was drawn, in order.
class drawn_rows {
 public:
  void clear(std::size_t rows) {
    size_ = 0;
    rows_.resize(2 * rows + poisson_table::largest);
  }
  void add(std::size_t row, std::size_t count) {
    if (size_ + poisson_table::largest > rows_.size()) rows_.resize(2 * rows_.size());
    std::uint32_t* const to = rows_.data() + size_;
    // Two places are written whatever the count is, since it is hard to predict; more are rare.
    to[0] = to[1] = static_cast<std::uint32_t>(row);
    for (std::size_t extra = 2; extra < count; ++extra) to[extra] = static_cast<std::uint32_t>(row);
    size_ += count;
  }
  [[nodiscard]] std::span<const std::uint32_t> rows() const noexcept { return std::span(rows_).first(size_); }

 private:
  std::vector<std::uint32_t> rows_;
  std::size_t size_ = 0;
};

/// Draws replicates 2 pair and 2 pair + 1: they share the 64 bits of a draw. Row i, whose key is keys[i], comes
/// Poisson(1) times, a function of (seed, replicate, key) alone.
inline void draw_pair(std::uint64_t seed, std::size_t pair, std::span<const std::uint64_t> keys,
                      std::array<drawn_rows, 2>& replicates) {
  const counter_random random(seed, pair);
  for (drawn_rows& replicate : replicates) replicate.clear(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::uint64_t bits = random.bits(keys[i]);
    replicates[0].add(i, poisson(static_cast<std::uint32_t>(bits)));
    replicates[1].add(i, poisson(static_cast<std::uint32_t>(bits >> 32)));
  }
}

}  // namespace calibrant::detail
