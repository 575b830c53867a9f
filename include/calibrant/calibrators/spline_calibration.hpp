#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/knot_curve.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// Which probabilities a spline corrects.
enum class spline_target {
  classes,    ///< every class against the rest, then divided by the sum of the row
  top_label,  ///< the largest of a row; the others share the rest in proportion to what they had
};

struct spline_options {
  std::size_t knots = 6;  ///< of the spline, from 3 on
  spline_target target = spline_target::classes;
  bool monotone = false;  ///< the corrected probability does not fall where the given one rises
};

/// Spline calibration (Gupta, Rahimi, Ajanthan, Mensink, Sminchisescu, Hartley 2021): the sum of label - probability up
/// to a rank, as a share of all rows, is fitted by a spline of the rank; its slope is what the probability lacks there.
class spline_calibration final : public calibration_map {
 public:
  spline_calibration(std::vector<knot_curve> curves, spline_target target) noexcept
      : curves_(std::move(curves)), target_(target) {}
  explicit spline_calibration(const parameter_list& stored);

  /// Corrected probabilities: of each class, of two classes that of class 1 alone; or one, of the largest.
  [[nodiscard]] const std::vector<knot_curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<knot_curve> curves_;
  spline_target target_;
};

/// A natural cubic spline with knots equally spaced in rank, of least squares over the ends of all distinct
/// probabilities (and a roughness penalty of 1e-12, which decides where they are fewer than knots). Its slope is kept
/// at no more than 1,024 of the distinct probabilities; between them runs a line. `monotone` pools neighbours that
/// fall. O(n log n + n knots^2) a curve.
[[nodiscard]] fitted_map fit_spline_calibration(const training_set& rows, const spline_options& options);

}  // namespace calibrant
