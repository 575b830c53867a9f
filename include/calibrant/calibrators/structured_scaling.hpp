#pragma once

#include <memory>
#include <vector>

#include <calibrant/calibrators/linear_scaling.hpp>
#include <calibrant/calibrators/mixed_temperature_scaling.hpp>

namespace calibrant {

/// softmax((I + D) l + b), l = ln of mixed temperature scaling; D is diagonal (structured vector scaling, SVS) or full
/// (structured matrix scaling, SMS).
class structured_scaling final : public calibration_map {
 public:
  structured_scaling(double beta, double uniform_share, std::unique_ptr<calibration_map> linear) noexcept
      : first_(beta, uniform_share), linear_(std::move(linear)) {}
  structured_scaling(bool full, const parameter_list& stored);

  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  mixed_temperature_scaling first_;
  std::unique_ptr<calibration_map> linear_;
};

/// Mixed temperature scaling first; then D and b of the least mean log loss + l_b |b|^2 + l_d |diag D|^2 + l_o |rest of
/// D|^2, l_b = l_d = K/W and l_o = K(K-1)/W, W the total weight. The penalty keeps few rows from being overfitted and
/// classes without rows finite.
[[nodiscard]] fitted_map fit_structured_scaling(const training_set& rows, bool full);

}  // namespace calibrant
