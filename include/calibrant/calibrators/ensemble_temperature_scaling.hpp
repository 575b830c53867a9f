#pragma once

#include <array>

#include <calibrant/calibrators/temperature_scaling.hpp>

namespace calibrant {

/// w1 softmax(beta z) + w2 softmax(z) + w3/K, w on the simplex (Zhang, Kailkhura, Han 2020). Keeps the order of every
/// row.
class ensemble_temperature_scaling final : public calibration_map {
 public:
  ensemble_temperature_scaling(double beta, std::array<double, 3> shares) noexcept : beta_(beta), shares_(shares) {}
  explicit ensemble_temperature_scaling(const parameter_list& stored);

  [[nodiscard]] double inverse_temperature() const noexcept { return beta_; }
  [[nodiscard]] const std::array<double, 3>& shares() const noexcept { return shares_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  double beta_;
  std::array<double, 3> shares_;
};

/// What the shares of an ensemble minimise.
enum class ensemble_objective { log_loss, brier };

/// beta first, as temperature scaling finds it; then the shares of the least mean log loss, or of the least mean
/// squared error. Both problems are convex. O(n K) and 3 numbers a row.
[[nodiscard]] fitted_map fit_ensemble_temperature_scaling(const training_set& rows, const temperature_options& options,
                                                          ensemble_objective objective);

}  // namespace calibrant
