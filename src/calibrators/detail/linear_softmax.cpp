#include "calibrators/detail/linear_softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

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
  const auto objective = [&](std::span<const double> theta, std::span<double> gradient) {
    double value = passes.loss(theta, gradient);
    for (std::size_t j = 0; j < theta.size(); ++j) {
      const double off = theta[j] - problem.center[j];
      value += problem.strength[j] * off * off;
      gradient[j] += 2 * problem.strength[j] * off;
    }
    return value;
  };
  minimum found = minimize(objective, problem.start,
                           {.gradient_tolerance = problem.gradient_tolerance, .iterations = problem.iterations},
                           [&](std::span<const double> theta) { return curvature_of(rows, problem, theta); });
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
