#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <calibrant/calibrators/fit_report.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant::detail {

/// z' = v * z + b, entry by entry (`diagonal`), or z' = M z + b. Parameters: K numbers v or K x K numbers M, row-major,
/// then K numbers b.
enum class linear_shape { diagonal, full };

[[nodiscard]] constexpr std::size_t parameter_count(linear_shape shape, std::size_t K) noexcept {
  return (shape == linear_shape::full ? K * K : K) + K;
}

/// What softmax(z') of the rows should be: 1 for the label and 0 for the rest, or shares by class of the label.
struct label_targets {
  std::vector<double> own;    ///< K: of the label, given the label; empty: 1
  std::vector<double> other;  ///< K: of each other class, given the label; empty: 0
};

struct linear_problem {
  const matrix_view* scores = nullptr;  ///< z, n x K of float32 or float64, finite
  linear_shape shape = linear_shape::diagonal;
  std::vector<double> start;
  /// sum_j strength_j (theta_j - center_j)^2 is added to the mean loss.
  std::vector<double> strength;
  std::vector<double> center;
  label_targets targets = {};
  double gradient_tolerance = 1e-8;
  std::size_t iterations = 500;
};

struct linear_fit {
  std::vector<double> parameters;
  double loss = 0;       ///< mean log loss
  double objective = 0;  ///< with the penalty
  fit_report report;
};

/// The parameters of the least mean cross-entropy plus penalty; the function is convex. L-BFGS, in coordinates in which
/// the second derivatives at the start are the identity (all of them for few parameters, else of each class the
/// variances and means of its features; of many rows over a share of them). A pass over the rows is O(n K), with a full
/// matrix O(n K^2). Memory: 8 or 64 times the parameters.
[[nodiscard]] linear_fit fit_linear_softmax(const training_set& rows, const linear_problem& problem);

/// The mean log loss of rows under parameters; of the problem its scores and shape count.
[[nodiscard]] double mean_log_loss(const training_set& rows, const linear_problem& problem,
                                   std::span<const double> parameters);

/// z' of whole rows of z.
void transform_rows(linear_shape shape, std::span<const double> parameters, const double* z, std::size_t n,
                    std::size_t K, double* to) noexcept;

}  // namespace calibrant::detail
