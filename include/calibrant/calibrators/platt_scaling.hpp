#pragma once

#include <cmath>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// What a sigmoid reads.
enum class sigmoid_input {
  log_odds,  ///< ln p - ln (1 - p)
  raw,       ///< logits or probabilities as they are given
};

/// 1/(1 + exp(A s + B))
[[nodiscard]] inline double platt_sigmoid(double A, double B, double s) noexcept {
  return 1 / (1 + std::exp(A * s + B));
}

/// 1/(1 + exp(A_k s + B_k)) of each class against the rest (Platt 1999), then divided by the sum of the row.
class platt_scaling final : public calibration_map {
 public:
  platt_scaling(score_form form, std::vector<double> A, std::vector<double> B) noexcept
      : form_(form), A_(std::move(A)), B_(std::move(B)) {}
  explicit platt_scaling(const parameter_list& stored);

  /// Of each class; of two classes that of class 1 alone.
  [[nodiscard]] const std::vector<double>& A() const noexcept { return A_; }
  [[nodiscard]] const std::vector<double>& B() const noexcept { return B_; }
  [[nodiscard]] score_form reads() const noexcept override { return form_; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  score_form form_;
  std::vector<double> A_;
  std::vector<double> B_;
};

/// Least cross-entropy towards the targets (N1 + 1)/(N1 + 2) and 1/(N0 + 2), N1 and N0 the weights of the class and of
/// the rest (Lin, Lin, Weng 2007); Newton's method to a gradient of 1e-10. A class without rows gets about 1/(N0 + 2).
[[nodiscard]] fitted_map fit_platt_scaling(const training_set& rows, sigmoid_input input);

}  // namespace calibrant
