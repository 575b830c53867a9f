#pragma once

#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// Which of the three numbers of a beta curve are free.
enum class beta_parameters {
  abm,  ///< all
  ab,   ///< the curve passes through (1/2, 1/2): c = (a - b) ln 2
  am,   ///< a = b
};

/// 1/(1 + 1/(e^c s^a / (1 - s)^b)), a, b >= 0, of each class against the rest (Kull, Silva Filho, Flach 2017), then
/// divided by the sum of the row.
class beta_calibration final : public calibration_map {
 public:
  struct curve {
    double a;
    double b;
    double c;
  };
  explicit beta_calibration(std::vector<curve> curves) noexcept : curves_(std::move(curves)) {}
  explicit beta_calibration(const parameter_list& stored);

  /// Of each class; of two classes that of class 1 alone.
  [[nodiscard]] const std::vector<curve>& curves() const noexcept { return curves_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<curve> curves_;
};

/// Least cross-entropy on ln s and -ln(1 - s), s between 2^-52 and 1 - 2^-52; a negative a or b is set to 0 and the
/// rest learned again. A class without rows gets a constant near 0.
[[nodiscard]] fitted_map fit_beta_calibration(const training_set& rows, beta_parameters parameters);

}  // namespace calibrant
