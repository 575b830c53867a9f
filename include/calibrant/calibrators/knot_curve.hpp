#pragma once

#include <cstdint>
#include <vector>

namespace calibrant {

/// How a curve runs between its knots.
enum class curve_shape {
  interpolated,  ///< straight lines between the knots
  stepwise,      ///< constant from each knot to the next, closed on the left
};

/// A function of scores in [0, 1] that is given at knots; outside of them it stays as it is at the end.
class knot_curve {
 public:
  /// x increasing, as many y, at least one.
  knot_curve(std::vector<double> x, std::vector<double> y);

  [[nodiscard]] const std::vector<double>& x() const noexcept { return x_; }
  [[nodiscard]] const std::vector<double>& y() const noexcept { return y_; }
  /// O(log knots near the score).
  [[nodiscard]] double at(double score, curve_shape shape) const noexcept;

 private:
  std::vector<double> x_;
  std::vector<double> y_;
  std::vector<std::uint32_t> starts_;  ///< by slots of scores: how many knots lie in those before
};

}  // namespace calibrant
