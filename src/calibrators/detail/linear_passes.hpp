#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/math/minimize.hpp>

#include "calibrators/detail/linear_softmax.hpp"

namespace calibrant::detail {

/// How a pass computes with each row; sums over rows are float64 in both.
enum class pass_precision { exact, single };

/// Passes over all rows of a problem, whose rows and problem must outlive it. What the targets add to every gradient
/// is counted once.
class linear_passes {
 public:
  linear_passes(const training_set& rows, const linear_problem& problem);

  /// The mean loss without the penalty; its gradient goes into `gradient`. In `single` precision both miss some 1e-8
  /// for scores near 1, in a fraction of the time.
  double loss(std::span<const double> theta, std::span<double> gradient,
              pass_precision precision = pass_precision::exact) const;

  /// Whether passes can be of single precision: over float32 scores, one slope for each class.
  [[nodiscard]] bool has_single() const noexcept;

 private:
  void count_targets();
  [[nodiscard]] std::vector<double> diagonal_sums(std::span<const double> theta, pass_precision precision) const;
  [[nodiscard]] std::vector<double> full_sums(std::span<const double> theta) const;

  const training_set& rows_;
  const linear_problem& problem_;
  std::size_t K_;
  std::vector<double> weights_;  ///< n
  /// sum_i w_i t_ik x_i by parameter, where x = (z, 1) and t is the target.
  std::vector<double> targets_;
  /// What smoothed targets add to the sum of -w ln p_y: so many times each parameter. Empty: nothing.
  std::vector<double> smoothing_;
};

/// Second derivatives of the objective, over all rows if that is little work, else over evenly spaced ones: all of them
/// for few parameters, else of each class its own.
[[nodiscard]] curvature curvature_of(const training_set& rows, const linear_problem& problem,
                                     std::span<const double> theta);

}  // namespace calibrant::detail
