#include "calibrators/detail/linear_softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <calibrant/math/minimize.hpp>

#include "calibrators/detail/linear_passes.hpp"

namespace calibrant::detail {
namespace {

using row_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using matrix_map = Eigen::Map<row_matrix>;
using const_matrix_map = Eigen::Map<const row_matrix>;

std::string scientific(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1e", x);
  return text.data();
}

Eigen::Index index(std::size_t i) noexcept { return static_cast<Eigen::Index>(i); }

double largest(std::span<const double> numbers) noexcept {
  double most = 0;
  for (const double x : numbers) most = std::max(most, std::abs(x));
  return most;
}

/// The mean loss plus the penalty. Passes are of single precision while the gradient is far above what that misses,
/// which is measured at the first point.
class linear_objective {
 public:
  linear_objective(const linear_passes& passes, const linear_problem& problem) noexcept
      : passes_(passes), problem_(problem), is_coarse_(passes.has_single()) {}

  double operator()(std::span<const double> theta, std::span<double> gradient) {
    if (!is_coarse_) return value_at(theta, gradient, pass_precision::exact);
    const double coarse = value_at(theta, gradient, pass_precision::single);
    if (down_to_ == 0) {
      std::vector<double> missed(gradient.begin(), gradient.end());
      const double exact = value_at(theta, gradient, pass_precision::exact);
      for (std::size_t j = 0; j < missed.size(); ++j) missed[j] -= gradient[j];
      const double at_start = largest(gradient);
      down_to_ = std::max(least_share * at_start, margin * largest(missed));
      is_coarse_ = at_start > 10 * down_to_;
      return exact;
    }
    if (largest(gradient) > down_to_) return coarse;
    is_coarse_ = false;
    return value_at(theta, gradient, pass_precision::exact);
  }

  [[nodiscard]] bool is_coarse() const noexcept { return is_coarse_; }
  void stay_exact() noexcept { is_coarse_ = false; }

 private:
  /// Of the gradient at the start: below it a step changes the value by hardly more than what single precision misses.
  static constexpr double least_share = 1e-3;
  static constexpr double margin = 300;

  double value_at(std::span<const double> theta, std::span<double> gradient, pass_precision precision) const {
    double value = passes_.loss(theta, gradient, precision);
    for (std::size_t j = 0; j < theta.size(); ++j) {
      const double off = theta[j] - problem_.center[j];
      value += problem_.strength[j] * off * off;
      gradient[j] += 2 * problem_.strength[j] * off;
    }
    return value;
  }

  const linear_passes& passes_;
  const linear_problem& problem_;
  bool is_coarse_;
  double down_to_ = 0;  ///< largest entry of the gradient; 0: not known yet
};

}  // namespace

double mean_log_loss(const training_set& rows, const linear_problem& problem, std::span<const double> parameters) {
  std::vector<double> gradient(parameters.size());
  return linear_passes(rows, problem).loss(parameters, gradient);
}

void transform_rows(linear_shape shape, std::span<const double> parameters, const double* z, std::size_t n,
                    std::size_t K, double* to) noexcept {
  const double* const slopes = parameters.data();
  const double* const offsets = parameters.data() + (parameters.size() - K);
  if (shape == linear_shape::diagonal) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < K; ++k) to[i * K + k] = slopes[k] * z[i * K + k] + offsets[k];
    return;
  }
  matrix_map image(to, index(n), index(K));
  image.noalias() = const_matrix_map(z, index(n), index(K)) * const_matrix_map(slopes, index(K), index(K)).transpose();
  image.rowwise() += Eigen::Map<const Eigen::RowVectorXd>(offsets, index(K));
}

linear_fit fit_linear_softmax(const training_set& rows, const linear_problem& problem) {
  const linear_passes passes(rows, problem);
  linear_objective objective(passes, problem);
  const auto search = [&](std::vector<double> start) {
    return minimize(std::ref(objective), std::move(start),
                    {.gradient_tolerance = problem.gradient_tolerance, .iterations = problem.iterations},
                    [&](std::span<const double> theta) { return curvature_of(rows, problem, theta); });
  };
  minimum found = search(problem.start);
  if (objective.is_coarse()) {  // it ended where single precision sees no further
    objective.stay_exact();
    const std::size_t evaluations = found.evaluations;
    found = search(std::move(found.point));
    found.evaluations += evaluations;
  }
  linear_fit fit;
  fit.objective = found.value;
  fit.loss = found.value;
  for (std::size_t j = 0; j < found.point.size(); ++j) {
    const double off = found.point[j] - problem.center[j];
    fit.loss -= problem.strength[j] * off * off;
  }
  fit.parameters = std::move(found.point);
  fit.report.iterations = found.evaluations;
  fit.report.gradient = found.gradient;
  fit.report.converged = found.converged;
  if (!found.converged)
    fit.report.notes.push_back({"not_converged", "the solver stopped after " + std::to_string(found.evaluations) +
                                                     " passes with a gradient of " + scientific(found.gradient) +
                                                     ", so the parameters are not the best ones to the last digit"});
  return fit;
}

}  // namespace calibrant::detail
