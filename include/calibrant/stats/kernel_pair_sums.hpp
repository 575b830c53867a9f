#pragma once

#include <cstdint>

#include <calibrant/math/exact_sum.hpp>

namespace calibrant {

/// Sums over disjoint pairs of rows (p, y), (q, z) of the kernel calibration function
/// h = exp(-||p - q|| / nu) (e_y - p)^T (e_z - q), nu = 1, whose expectation is the squared kernel calibration error
/// (Widmann, Lindsten and Zachariah 2019). Rows 2j and 2j + 1 of one source are a pair, if both are measured, without
/// weights and with one true class; so the pairs depend on the rows' positions, not on threads or batches.
///
/// Laws: an empty state is the identity of merge; sums are exact integers. Memory: fixed.
class kernel_pair_sums {
 public:
  /// h in [-2, 2].
  void add(double h) noexcept {
    const double shifted = h + 2;
    ++pairs_;
    sum_ += grids::brier.round(shifted);
    squares_ += grids::brier.round(h * h);
  }
  void merge(const kernel_pair_sums& other) noexcept {
    pairs_ += other.pairs_;
    sum_ += other.sum_;
    squares_ += other.squares_;
  }

  [[nodiscard]] std::int64_t pairs() const noexcept { return pairs_; }
  /// Mean of h; there must be a pair.
  [[nodiscard]] double mean() const noexcept {
    const int128 shift = static_cast<int128>(2 * pairs_) << grids::brier.exponent;
    return grids::brier.value(sum_ - shift) / static_cast<double>(pairs_);
  }
  /// Sample variance of h; there must be two pairs.
  [[nodiscard]] double variance() const noexcept {
    const auto n = static_cast<double>(pairs_);
    const double m = mean();
    const double spread = grids::brier.value(squares_) - n * m * m;
    return spread > 0 ? spread / (n - 1) : 0;
  }
  friend bool operator==(const kernel_pair_sums&, const kernel_pair_sums&) = default;

 private:
  std::int64_t pairs_ = 0;
  int128 sum_ = 0;      ///< of h + 2
  int128 squares_ = 0;  ///< of h^2
};

}  // namespace calibrant
