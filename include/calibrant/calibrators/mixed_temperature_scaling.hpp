#pragma once

#include <calibrant/calibrators/temperature_scaling.hpp>

namespace calibrant {

/// (1 - w) softmax(beta z) + w/K: temperature scaling that gives no class the probability 0, so that the loss of rows
/// to come stays finite. Keeps the order of every row.
class mixed_temperature_scaling final : public calibration_map {
 public:
  mixed_temperature_scaling(double beta, double uniform_share) noexcept : beta_(beta), share_(uniform_share) {}
  explicit mixed_temperature_scaling(const parameter_list& stored);

  [[nodiscard]] double inverse_temperature() const noexcept { return beta_; }
  [[nodiscard]] double uniform_share() const noexcept { return share_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  double beta_;
  double share_;
};

/// The temperature of least loss, then w = 1 / (W + 1), W the total weight: the share of a row that has not been seen.
[[nodiscard]] fitted_map fit_mixed_temperature_scaling(const training_set& rows, const temperature_options& options);

}  // namespace calibrant
