#pragma once

#include <span>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Which standard deviation an interval of the L2 error uses.
enum class l2_interval_method {
  combined,  ///< sqrt(s1^2 + s0^2): covers at exact calibration too, at the price of some width (default)
  paper,     ///< s1 alone, and 0 judged apart by s0, as Sun, Chaudhari, Barnett and Dobriban (2024) have it
};

/// Interval of the L2 error. In method `paper` the confidence set may be {0} joined to, or 0 cut from, the interval.
struct l2_error_interval {
  interval bounds;
  bool contains_zero = false;  ///< whether exact calibration belongs to the confidence set
};

/// Estimate of the squared L2 calibration error of given bins, sum omega_b gap_b^2, and of its deviations (after Sun,
/// Chaudhari, Barnett, Dobriban 2024, without sample splitting). It is about the population error of these bins, which
/// bounds the true calibration error from below.
class l2_error_inference {
 public:
  /// `cells`: the non-empty cells, in any order; their weights sum to 1. O(number of cells). No cells: all NaN.
  explicit l2_error_inference(std::span<const cell_moments> cells) noexcept;

  /// T, unbiased for sum omega_b gap_b^2 over the cells of more than one row; signed.
  [[nodiscard]] double squared_error() const noexcept { return squared_error_; }
  /// s1, the standard deviation of T that gaps other than 0 cause.
  [[nodiscard]] double gap_deviation() const noexcept { return gap_deviation_; }
  /// s0, the standard deviation of T under exact calibration.
  [[nodiscard]] double null_deviation() const noexcept { return null_deviation_; }

  /// Interval of the L2 error sqrt(sum omega_b gap_b^2), a probability; within [0, 1]. Where no cell has more than one
  /// row nothing is known and it is [0, 1].
  [[nodiscard]] l2_error_interval error_interval(
      confidence_level level = {}, l2_interval_method method = l2_interval_method::combined) const noexcept;

  /// p-value of exact calibration: upper tail of the shifted gamma distribution with the first three moments of T when
  /// labels follow the confidences. 1 where no cell has more than one row; without variance (all confidences 0 or 1) it
  /// is 1 if every gap is 0, else 0.
  [[nodiscard]] double p_value() const noexcept;

 private:
  double squared_error_;
  double gap_deviation_;
  double null_deviation_;
  double null_third_moment_ = 0;
  bool any_gap_ = false;
  bool any_pair_ = false;  ///< some cell has more than one row
};

}  // namespace calibrant
