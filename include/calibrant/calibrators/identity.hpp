#pragma once

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// Leaves probabilities as they are, and takes the softmax of logits: what every other calibrator is compared with.
class identity_map final : public calibration_map {
 public:
  identity_map() = default;
  explicit identity_map(const parameter_list&) noexcept {}

  [[nodiscard]] score_form reads() const noexcept override { return score_form::probabilities; }
  [[nodiscard]] bool keeps_zeros() const noexcept override { return true; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override { return {}; }
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;
};

[[nodiscard]] fitted_map fit_identity(const training_set& rows);

}  // namespace calibrant
