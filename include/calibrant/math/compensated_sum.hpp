#pragma once

#include <cmath>

namespace calibrant {

/// Sum of doubles with the rounding errors kept beside it (Neumaier 1974). Error of `value` about one ulp of the result
/// plus n eps^2 sum |x|. Two sums merge by adding the other's parts; the result depends on order only within that
/// error.
struct compensated_sum {
  double sum = 0;
  double correction = 0;

  void add(double x) noexcept {
    // The error of sum + x is exact in double: take it from the operand with the smaller magnitude.
    const double total = sum + x;
    correction += std::abs(sum) >= std::abs(x) ? (sum - total) + x : (x - total) + sum;
    sum = total;
  }
  void merge(const compensated_sum& other) noexcept {
    add(other.sum);
    correction += other.correction;
  }
  [[nodiscard]] double value() const noexcept { return sum + correction; }

  friend bool operator==(const compensated_sum&, const compensated_sum&) = default;
};

}  // namespace calibrant
