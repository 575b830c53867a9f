#pragma once

namespace calibrant {

/// A metric that is linear in the errors once the confidences are known, X = sum_i w_i k_i e_i, and its law if the
/// model is calibrated: the errors e_i are then independent, each 1 with probability 1 - c_i.
///
/// Mean and variance are exact. Probabilities are those of the shifted gamma distribution with the same first three
/// moments (Pearson's type III), mirrored where the skewness is negative.
class linear_error_null {
 public:
  /// Rows of equal confidence c and coefficient k: their weight and the sum v of w^2 (importance weights) or of w
  /// (frequency weights).
  void add(double c, double weight, double v, double k) noexcept {
    const double p = 1 - c;
    expected_ += weight * p * k;
    // Rows of one group are taken as equally heavy, each of weight v / w.
    const double square = v * k * k * c * p;
    variance_ += square;
    third_moment_ += square * (v / weight) * k * (2 * c - 1);
  }

  [[nodiscard]] double expected() const noexcept { return expected_; }
  [[nodiscard]] double variance() const noexcept { return variance_; }
  /// Probability of a value as far out, on either side: twice the smaller tail. Without variance 1 if the value is the
  /// expected one up to rounding and 0 otherwise.
  [[nodiscard]] double p_value(double value) const noexcept { return p_value(value, expected_); }
  /// The same where X is known to be centred elsewhere.
  [[nodiscard]] double p_value(double value, double centre) const noexcept;

 private:
  double expected_ = 0;
  double variance_ = 0;
  double third_moment_ = 0;
};

}  // namespace calibrant
