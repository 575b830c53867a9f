#pragma once

#include <calibrant/stats/linear_error_null.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant {

/// Area under the risk-coverage curve with what its uncertainty needs.
///
/// Rows are answered in decreasing order of confidence, ties in random order; the area is the mean over rows of the
/// selective risk once the row is answered, in expectation over that order. A group that covers the weight s to s + m
/// and has u errors, with E errors before it, adds
///   sum_{j=1..m} (E + u j/m) / (s + j) = E D + u (1 - s D / m),   D = psi(s + m + 1) - psi(s + 1).
/// So it is linear in the errors: each error counts k_g = 1 - s D_g / m + sum of D over the groups below. Frequency
/// weight m is m rows; with importance weights a row is one step of its own weight, so that the scale of the weights
/// does not matter.
///
/// Standard error from the influence function e k(c) + rho(c) - M(c) - AURC, with rho(c) the selective risk at c and
/// M(c) = sum over the groups at or below c of their share of k times their rho. O(groups), no memory.
class risk_coverage_area {
 public:
  /// The forecasts must not be empty.
  explicit risk_coverage_area(const sorted_forecasts& sorted);

  [[nodiscard]] double value() const noexcept { return value_; }
  [[nodiscard]] double error_rate() const noexcept { return error_rate_; }
  /// The least area that rows of this error rate can have: every error below every hit, r + (1 - r) ln(1 - r).
  [[nodiscard]] double optimum() const noexcept;
  /// value() - optimum().
  [[nodiscard]] double excess() const noexcept { return value_ - optimum(); }

  /// NaN with fewer than two effective rows.
  [[nodiscard]] double standard_error() const noexcept { return standard_error_; }
  /// Of the excess; 0 without hits.
  [[nodiscard]] double excess_standard_error() const noexcept { return excess_standard_error_; }

  /// The law of value() if the model is calibrated.
  [[nodiscard]] const linear_error_null& null() const noexcept { return null_; }
  /// What the excess is expected to be if the model is calibrated: to second order in the error rate.
  [[nodiscard]] double expected_excess() const noexcept { return expected_excess_; }
  /// p-value of the excess, from its linear part in the errors.
  [[nodiscard]] double excess_p_value() const noexcept { return excess_null_.p_value(excess(), expected_excess_); }

 private:
  double value_ = 0;
  double error_rate_ = 0;
  double standard_error_ = 0;
  double excess_standard_error_ = 0;
  double expected_excess_ = 0;
  linear_error_null null_;
  linear_error_null excess_null_;
};

/// r + (1 - r) ln(1 - r): the area under the risk-coverage curve of the best order at error rate r (Geifman, Uziel and
/// El-Yaniv 2019); 1 at r = 1.
[[nodiscard]] double best_risk_coverage_area(double error_rate) noexcept;
/// r - r ln r: that of the worst order, every error above every hit.
[[nodiscard]] double worst_risk_coverage_area(double error_rate) noexcept;

/// Area under the generalized risk-coverage curve (Traub et al. 2024): joint share of answered and wrong over coverage,
///   (1/W^2) sum_g W_g (E_g + U_g / 2),
/// with U_g errors in a group and E_g above it: the chance that a random row is answered before, or together with, a
/// random other row, and is wrong. Ties need no order. Standard error from the influence function e G(c) + R(c) - 2
/// AUGRC, with G(c) the share of weight below c and R(c) that of errors above, ties half. O(groups), no memory.
class generalized_risk_coverage_area {
 public:
  /// The forecasts must not be empty.
  explicit generalized_risk_coverage_area(const sorted_forecasts& sorted);

  [[nodiscard]] double value() const noexcept { return value_; }
  [[nodiscard]] double error_rate() const noexcept { return error_rate_; }
  /// NaN with fewer than two effective rows.
  [[nodiscard]] double standard_error() const noexcept { return standard_error_; }
  [[nodiscard]] const linear_error_null& null() const noexcept { return null_; }

 private:
  double value_ = 0;
  double error_rate_ = 0;
  double standard_error_ = 0;
  linear_error_null null_;
};

}  // namespace calibrant
