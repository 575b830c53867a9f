#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/measure.hpp"
#include "support/outputs.hpp"
#include "support/simd_scope.hpp"

namespace calibrant::testing {

/// Unweighted data sets that the laws run over: class counts 2, 3, 10, 37 and 1000, ties, exact 0 and 1, confidences at
/// bin edges, classes without rows, infinite losses, logits with classes of probability 0.
inline const std::vector<dataset>& law_datasets() {
  static const std::vector<dataset> all = [] {
    std::vector<dataset> sets;
    sets.push_back(random_probabilities(901, 2, 1));
    sets.push_back(random_probabilities(1203, 10, 2));
    sets.push_back(random_probabilities(150, 37, 3, 0.5));
    sets.push_back(random_probabilities(23, 1000, 4));
    sets.push_back(grid_probabilities(700, 3, 5));
    sets.push_back(grid_probabilities(500, 10, 6, false));
    sets.push_back(edge_probabilities(600, 3, 15, 7));
    sets.push_back(edge_probabilities(600, 2, 15, 8));
    sets.push_back(random_logits(800, 5, 9));
    sets.push_back(slanted_probabilities(1000, 4, 11));
    sets.push_back(slice(random_probabilities(1, 4, 10), 0, 1));
    return sets;
  }();
  return all;
}

/// What the order of the classes may change: the rounding of sums over them. Values keep 1e-13. The moments of a row
/// under calibration (entropy, its variance, sum of cubes) are sums of seven digits, and what is derived from them
/// keeps as many.
inline tolerance class_order_tolerance(const std::string& output) {
  if (output == "log_loss.expected") return {1e-7, 1e-7};
  if (output == "log_loss.p_value" || (output.starts_with("brier") && output.ends_with(".p_value")))
    return {1e-12, 1e-5};
  if (is_solved(output)) return solver_tolerance;
  if (output.starts_with("hosmer_lemeshow")) return {1e-13, 1e-14};  // in the hundreds
  if (output.ends_with(".value")) return {1e-13, 0};
  return {1e-13, 1e-10};
}

/// What logits may miss on a target without fused multiplication (sse4): probabilities are within 4 ULP of the scalar
/// target's, so all figures keep 13 digits, and 6 where they are derived from sums of seven.
inline tolerance logit_tolerance(const std::string& output) {
  if (is_solved(output)) return solver_tolerance;
  const bool of_seven_digits = output.ends_with(".expected") || output.ends_with(".p_value");
  return of_seven_digits ? tolerance{1e-12, 1e-5} : tolerance{1e-13, 1e-12};
}

/// Where a metric does not keep a law to the letter, and why. Everything that is not listed keeps every law, and an
/// excuse that is not needed fails.
struct law_exception {
  std::string_view law;
  std::string_view output;  ///< as in metric_numbers: a metric, or one number of it
  std::string_view part;    ///< that number in words
  std::string_view reason;
};
inline constexpr law_exception law_exceptions[] = {
    {"permutation", "classwise_ece.lower", "the lower bound", "its one-switch form reads the cells in class order"},
    {"permutation", "classwise_ece_sum.lower", "the lower bound", "its one-switch form reads the cells in class order"},
    {"permutation", "top_label_conditional_ece.lower", "the lower bound",
     "its one-switch form reads the cells in class order"},
    {"scaled weights", "ece_l2_debiased", "the value",
     "frequency weights say how many rows there are, and the correction depends on that"},
    {"scaled weights", "adaptive_ece_l2_debiased", "the value",
     "frequency weights say how many rows there are, and the correction depends on that"},
    {"scaled weights", "hosmer_lemeshow", "the value",
     "frequency weights say how many rows there are, and the statistic grows with them"},
    {"scaled weights", "log_loss_calibration", "the value",
     "frequency weights say how many rows there are, and so how much of the uniform distribution is mixed in"},
    {"scaled weights", "log_loss_refinement", "the value",
     "frequency weights say how many rows there are, and so how much of the uniform distribution is mixed in"},
    {"scaled weights", "aurc", "the value", "frequency weights say how many rows stand in line"},
    {"scaled weights", "e_aurc", "the value", "frequency weights say how many rows stand in line"},
    {"scaled weights", "spiegelhalter_z", "the value",
     "frequency weights say how many rows there are, and z grows with their root"},
};

/// The exception that excuses an output from a law, if there is one.
inline const law_exception* excuse(std::string_view law, std::string_view output) {
  for (const law_exception& e : law_exceptions)
    if (e.law == law && (output == e.output || (output.starts_with(e.output) && output[e.output.size()] == '.')))
      return &e;
  return nullptr;
}

}  // namespace calibrant::testing
