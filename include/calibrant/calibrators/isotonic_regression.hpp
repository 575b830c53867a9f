#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/knot_curve.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

struct isotonic_options {
  curve_shape shape = curve_shape::interpolated;
  /// The first and last level are (hits + 1)/(rows + 2), so that no probability is exactly 0 or 1.
  bool smooth_ends = false;
};

/// Isotonic regression of each class against the rest (Zadrozny, Elkan 2002), then divided by the sum of the row.
class isotonic_regression final : public calibration_map {
 public:
  isotonic_regression(std::vector<knot_curve> curves, curve_shape shape) noexcept
      : curves_(std::move(curves)), shape_(shape) {}
  explicit isotonic_regression(const parameter_list& stored);

  /// Of each class; of two classes that of class 1 alone.
  [[nodiscard]] const std::vector<knot_curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<knot_curve> curves_;
  curve_shape shape_;
};

/// O(n) a class with float32 or float64 scores of weight 1, else O(n log n). A class without rows gets 0 everywhere.
[[nodiscard]] fitted_map fit_isotonic_regression(const training_set& rows, const isotonic_options& options);

/// One isotonic regression of all n K pairs of a probability and whether its class is the label (Zhang, Kailkhura, Han
/// 2020), g(p) + 1e-9 p divided by the sum of the row: the order of a row is kept.
class flattened_isotonic final : public calibration_map {
 public:
  flattened_isotonic(knot_curve curve, curve_shape shape) noexcept : curve_(std::move(curve)), shape_(shape) {}
  explicit flattened_isotonic(const parameter_list& stored);

  [[nodiscard]] const knot_curve& curve() const noexcept { return curve_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  knot_curve curve_;
  curve_shape shape_;
};

/// One sort of n K numbers; 24 bytes for each while it lasts.
[[nodiscard]] fitted_map fit_flattened_isotonic(const training_set& rows, const isotonic_options& options);

}  // namespace calibrant
