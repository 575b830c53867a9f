#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/parameter_list.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant {

/// softmax(v * z + b), entry by entry: two numbers a class (Guo et al. 2017).
class vector_scaling final : public calibration_map {
 public:
  vector_scaling(std::vector<double> slopes, std::vector<double> offsets) noexcept
      : slopes_(std::move(slopes)), offsets_(std::move(offsets)) {}
  explicit vector_scaling(const parameter_list& stored);

  [[nodiscard]] const std::vector<double>& slopes() const noexcept { return slopes_; }
  [[nodiscard]] const std::vector<double>& offsets() const noexcept { return offsets_; }
  [[nodiscard]] score_form reads() const noexcept override { return score_form::log_scores; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  std::vector<double> slopes_;   ///< v, K
  std::vector<double> offsets_;  ///< b, K; their sum is 0
};

/// softmax(M x + b), where x are the scores as they are (matrix scaling) or log-probabilities (Dirichlet calibration);
/// Kull et al. 2019.
class matrix_scaling final : public calibration_map {
 public:
  matrix_scaling(score_form form, std::vector<double> matrix, std::vector<double> offsets) noexcept
      : form_(form), matrix_(std::move(matrix)), offsets_(std::move(offsets)) {}
  matrix_scaling(score_form form, const parameter_list& stored);

  [[nodiscard]] const std::vector<double>& matrix() const noexcept { return matrix_; }
  [[nodiscard]] const std::vector<double>& offsets() const noexcept { return offsets_; }
  [[nodiscard]] score_form reads() const noexcept override { return form_; }
  std::size_t apply(std::span<const double> from, std::span<double> p, std::size_t K) const override;
  [[nodiscard]] std::vector<parameter> parameters() const override;
  [[nodiscard]] std::string describe(operator_graph& graph, const std::string& from) const override;

 private:
  score_form form_;
  std::vector<double> matrix_;   ///< M, K x K, row-major; the mean of its rows is 0 where nothing is penalised
  std::vector<double> offsets_;  ///< b, K
};

/// Which entries of a matrix are penalised.
enum class matrix_penalty {
  none,  ///< nothing but a ridge of 1e-8 that keeps classes without rows finite
  odir,  ///< lambda/(K(K-1)) sum_{i != j} M_ij^2 + mu/K sum_i b_i^2
  l2,    ///< lambda (sum_ij M_ij^2 + sum_i b_i^2)
};

struct linear_options {
  std::optional<double> lambda;  ///< absent: chosen by cross-validation
  std::optional<double> mu;      ///< absent: like lambda
  std::uint64_t seed = 0;        ///< of the folds
};

/// 2K numbers of the least mean log loss plus a ridge of 1e-6 towards the temperature, which keeps the offset of a
/// class without rows finite. The gradient at the end is at most 1e-8.
[[nodiscard]] fitted_map fit_vector_scaling(const training_set& rows);

/// K^2 + K numbers of the least penalised loss. lambda and mu, unless given, are those of a decimal grid from 1e-4 to
/// 1e2 with the least log loss in 5-fold cross-validation (of lambda = mu first, then of mu). O(n K^2) a pass; memory
/// O(n K + K^2).
[[nodiscard]] fitted_map fit_matrix_scaling(const training_set& rows, score_form form, matrix_penalty penalty,
                                            const linear_options& options);

/// Matrix scaling without penalty towards smoothed targets: (N_k + 1)/(N_k + K) for the label k, 1/(N_k + K) for every
/// other class, N_k the weight of class k. Of two classes it is Platt's sigmoid.
[[nodiscard]] fitted_map fit_smoothed_matrix_scaling(const training_set& rows);

}  // namespace calibrant
