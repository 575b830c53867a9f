#pragma once

#include <span>

#include <calibrant/stats/cell_moments.hpp>

namespace calibrant {

/// What the binned L1 error (ECE) would be if every label were drawn with the probability that was served: the part of
/// an ECE that says nothing about miscalibration.
class l1_error_null {
 public:
  /// `cells`: the non-empty cells in any order; their weights sum to 1. O(number of cells). No cells: all NaN.
  /// Over class-wise cells the expectation is right, but spread and tail take the classes as independent: approximate
  /// (too many rejections for 2 classes, too few for many).
  explicit l1_error_null(std::span<const cell_moments> cells) noexcept;

  /// Expected error under exact calibration, a probability: De Moivre's mean absolute deviation per cell, scaled from
  /// one common confidence to the spread of the cell's confidences. 0 where every confidence is 0 or 1.
  [[nodiscard]] double expected() const noexcept { return expected_; }
  [[nodiscard]] double standard_deviation() const noexcept { return deviation_; }

  /// The value that the error exceeds with probability `tail` (0 < tail < 1; 0.05 gives the 95 % floor), by the shifted
  /// gamma distribution with the first three moments. Throws error_code::invalid_argument outside.
  [[nodiscard]] double upper_quantile(double tail) const;

  /// Probability of an error at least as large. Where the error cannot vary (no variance) it is 1 if the error is not
  /// above its only value, else 0.
  [[nodiscard]] double p_value(double error) const noexcept;

 private:
  double expected_ = 0;
  double deviation_ = 0;
  double third_moment_ = 0;
};

}  // namespace calibrant
