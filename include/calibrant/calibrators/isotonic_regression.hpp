#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// How a non-decreasing curve runs between the levels of an isotonic regression.
enum class isotonic_shape {
  interpolated,  ///< straight lines between the knots
  stepwise,      ///< constant from each knot to the next, closed on the left
};

/// A non-decreasing function of scores in [0, 1]; outside of its knots it stays as it is at the end.
class isotonic_curve {
 public:
  /// x increasing, y non-decreasing, as many, at least one.
  isotonic_curve(std::vector<double> x, std::vector<double> y);

  [[nodiscard]] const std::vector<double>& x() const noexcept { return x_; }
  [[nodiscard]] const std::vector<double>& y() const noexcept { return y_; }
  [[nodiscard]] double at(double score, isotonic_shape shape) const noexcept;

 private:
  std::vector<double> x_;
  std::vector<double> y_;
  std::vector<std::uint32_t> starts_;  ///< by slots of scores: how many knots lie in those before
};

struct isotonic_options {
  isotonic_shape shape = isotonic_shape::interpolated;
  /// The first and last level are (hits + 1)/(rows + 2), so that no probability is exactly 0 or 1.
  bool smooth_ends = false;
};

/// Isotonic regression of each class against the rest (Zadrozny, Elkan 2002), then divided by the sum of the row.
class isotonic_regression final : public calibration_map {
 public:
  isotonic_regression(std::vector<isotonic_curve> curves, isotonic_shape shape) noexcept
      : curves_(std::move(curves)), shape_(shape) {}
  explicit isotonic_regression(const parameter_list& stored);

  /// Of each class; of two classes that of class 1 alone.
  [[nodiscard]] const std::vector<isotonic_curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  void apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<isotonic_curve> curves_;
  isotonic_shape shape_;
};

/// O(n) a class with float32 or float64 scores of weight 1, else O(n log n). A class without rows gets 0 everywhere.
[[nodiscard]] fitted_map fit_isotonic_regression(const training_set& rows, const isotonic_options& options);

/// One isotonic regression of all n K pairs of a probability and whether its class is the label (Zhang, Kailkhura, Han
/// 2020), g(p) + 1e-9 p divided by the sum of the row: the order of a row is kept.
class flattened_isotonic final : public calibration_map {
 public:
  flattened_isotonic(isotonic_curve curve, isotonic_shape shape) noexcept : curve_(std::move(curve)), shape_(shape) {}
  explicit flattened_isotonic(const parameter_list& stored);

  [[nodiscard]] const isotonic_curve& curve() const noexcept { return curve_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  void apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  isotonic_curve curve_;
  isotonic_shape shape_;
};

/// One sort of n K numbers; 24 bytes for each while it lasts.
[[nodiscard]] fitted_map fit_flattened_isotonic(const training_set& rows, const isotonic_options& options);

}  // namespace calibrant
