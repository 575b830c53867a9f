#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// softmax(beta z + b): one slope for all classes and an offset for each (Alexandari, Kundaje, Shrikumar 2020).
class bias_corrected_temperature final : public calibration_map {
 public:
  bias_corrected_temperature(double beta, std::vector<double> offsets) noexcept
      : beta_(beta), offsets_(std::move(offsets)) {}
  explicit bias_corrected_temperature(const parameter_list& stored);

  [[nodiscard]] double inverse_temperature() const noexcept { return beta_; }
  [[nodiscard]] const std::vector<double>& offsets() const noexcept { return offsets_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  double beta_;
  std::vector<double> offsets_;  ///< b, K; their sum is 0
};

/// K + 1 numbers of the least mean log loss plus a ridge of 1e-6 towards the temperature, which keeps the offset of a
/// class without rows finite. The gradient at the end is at most 1e-8. A pass is O(n K).
[[nodiscard]] fitted_map fit_bias_corrected_temperature(const training_set& rows);

}  // namespace calibrant
