#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// softmax(beta z), beta = 1/T > 0 (Guo et al. 2017). Keeps the order of every row.
class temperature_scaling final : public calibration_map {
 public:
  explicit temperature_scaling(double beta) noexcept : beta_(beta) {}
  explicit temperature_scaling(const parameter_list& stored);

  [[nodiscard]] double inverse_temperature() const noexcept { return beta_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  [[nodiscard]] bool keeps_zeros() const noexcept override { return true; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  double beta_;
};

struct temperature_options {
  /// Where the labels all have the largest score the loss falls for ever: take the largest beta, e^10, instead of 1.
  bool allow_bound = false;
};

struct temperature_fit {
  double beta = 1;
  fit_report report;
};

/// The beta in [e^-10, e^10] of the least mean log loss, in which the loss is convex: safeguarded Newton's steps on ln
/// beta, from the beta of a share of the rows if there are many, to the last bits. Rows that are all constant and
/// separable rows give 1, rows whose scores say nothing of their labels e^-10, each with a note. About 4 passes over
/// many rows, 8 over few; no memory beside the rows.
[[nodiscard]] temperature_fit fit_inverse_temperature(const training_set& rows, const temperature_options& options);

[[nodiscard]] fitted_map fit_temperature_scaling(const training_set& rows, const temperature_options& options);

}  // namespace calibrant
