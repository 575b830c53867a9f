#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Dense>

namespace calibrant::detail {

/// Natural cubic splines on [0, 1] with L >= 3 equally spaced knots, as linear functions of their values at the knots.
/// With t in the interval from knot j, of length h, B = (t - t_j)/h and A = 1 - B:
///   s(t) = A y_j + B y_{j+1} + h^2/6 [(A^3 - A) y''_j + (B^3 - B) y''_{j+1}], y'' = C y, y''_0 = y''_{L-1} = 0.
class natural_spline {
 public:
  explicit natural_spline(std::size_t knots)
      : L_(static_cast<Eigen::Index>(knots)),
        h_(1 / static_cast<double>(knots - 1)),
        C_(Eigen::MatrixXd::Zero(L_, L_)) {
    // y''_{j-1} + 4 y''_j + y''_{j+1} = 6 (y_{j-1} - 2 y_j + y_{j+1}) / h^2 inside.
    const Eigen::Index inner = L_ - 2;
    Eigen::MatrixXd left = Eigen::MatrixXd::Zero(inner, inner);
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(inner, L_);
    for (Eigen::Index j = 0; j < inner; ++j) {
      left(j, j) = 4;
      if (j > 0) left(j, j - 1) = left(j - 1, j) = 1;
      right(j, j) = right(j, j + 2) = 6 / (h_ * h_);
      right(j, j + 1) = -12 / (h_ * h_);
    }
    C_.middleRows(1, inner) = left.ldlt().solve(right);
  }

  /// What multiplies the values at the knots in s(t).
  [[nodiscard]] Eigen::VectorXd value_weights(double t) const {
    const auto [j, A, B] = place(t);
    Eigen::VectorXd weights =
        (h_ * h_ / 6) * ((A * A * A - A) * C_.row(j) + (B * B * B - B) * C_.row(j + 1)).transpose();
    weights[j] += A;
    weights[j + 1] += B;
    return weights;
  }

  /// The same of the derivative s'(t).
  [[nodiscard]] Eigen::VectorXd slope_weights(double t) const {
    const auto [j, A, B] = place(t);
    Eigen::VectorXd weights = (h_ / 6) * ((1 - 3 * A * A) * C_.row(j) + (3 * B * B - 1) * C_.row(j + 1)).transpose();
    weights[j] -= 1 / h_;
    weights[j + 1] += 1 / h_;
    return weights;
  }

  /// Values at the knots of the spline nearest to points (t, y) by weighted least squares; `roughness` times the sum of
  /// squares of y'' is added to the weighted mean.
  [[nodiscard]] Eigen::VectorXd nearest(std::span<const double> t, std::span<const double> y,
                                        std::span<const double> weights, double roughness) const {
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(L_, L_);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(L_);
    double total = 0;
    for (std::size_t i = 0; i < t.size(); ++i) {
      const Eigen::VectorXd phi = value_weights(t[i]);
      normal.noalias() += weights[i] * phi * phi.transpose();
      right.noalias() += weights[i] * y[i] * phi;
      total += weights[i];
    }
    return (normal / total + roughness * C_.transpose() * C_).ldlt().solve(right / total);
  }

 private:
  struct position {
    Eigen::Index j;
    double A;
    double B;
  };
  [[nodiscard]] position place(double t) const {
    const auto j = std::clamp<Eigen::Index>(static_cast<Eigen::Index>(std::floor(t / h_)), 0, L_ - 2);
    const double B = t / h_ - static_cast<double>(j);
    return {j, 1 - B, B};
  }

  Eigen::Index L_;
  double h_;
  Eigen::MatrixXd C_;
};

}  // namespace calibrant::detail
