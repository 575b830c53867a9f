#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/classwise_cells.hpp>

namespace calibrant {

/// The binned decomposition of the multi-class Brier score, each term summed over the K class columns (Murphy 1973; the
/// within-bin terms of Stephenson, Coelho and Jolliffe 2008 make it exact). With W_b, A_b, C_b, S_b, X_b the sums of a
/// cell, A the weight of the class:
///   reliability = sum (W_b/W) (C_b/W_b - A_b/W_b)^2          resolution = sum (W_b/W) (A_b/W_b - A/W)^2
///   uncertainty = (A/W) (1 - A/W)
///   within_variance = (1/W) sum (S_b - C_b^2/W_b)            within_covariance = (2/W) sum (X_b - C_b A_b/W_b)
///   Brier = reliability - resolution + uncertainty + within_variance - within_covariance.
struct brier_terms {
  double reliability = 0;
  double resolution = 0;
  double uncertainty = 0;
  double within_variance = 0;
  double within_covariance = 0;
  double expected_reliability = 0;  ///< of `reliability` under calibration: sum V_b / (W_b W)

  [[nodiscard]] double refinement() const noexcept {
    return uncertainty - resolution + within_variance - within_covariance;
  }
};
[[nodiscard]] brier_terms brier_decomposition(const classwise_cells& cells);

/// The calibration part, `reliability`; range [0, 2]. Details: resolution and uncertainty. Complexity O(K B).
[[nodiscard]] estimate brier_calibration(const classwise_cells& cells, const metric_options& options = {});

/// What is left of the Brier score, `refinement`: Brier = calibration + refinement. Complexity O(K B).
[[nodiscard]] estimate brier_refinement(const classwise_cells& cells, const metric_options& options = {});

}  // namespace calibrant
