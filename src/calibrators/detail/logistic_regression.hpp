#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include <calibrant/calibrators/fit_report.hpp>

namespace calibrant::detail {

/// Rows of a logistic regression of at most two features and an offset.
struct logistic_rows {
  std::span<const double> first;    ///< n
  std::span<const double> second;   ///< n, or none: no second feature
  std::span<const double> targets;  ///< n, in [0, 1]
  std::span<const double> weights;  ///< n, or none: all 1
};

struct logistic_fit {
  std::array<double, 3> theta = {};  ///< of the first feature, of the second, the offset
  double gradient = 0;               ///< largest entry of the mean loss's gradient
  std::size_t iterations = 0;
  bool converged = false;
};

/// theta of the least mean cross-entropy of 1/(1 + exp(-theta . (first, second, 1))), over the entries that are `free`;
/// the others stay as they start. Newton's method with halved steps, from a share of the rows on where there are many.
/// Stops at a gradient of 1e-10. O(n) a pass.
[[nodiscard]] logistic_fit fit_logistic(const logistic_rows& rows, const std::array<double, 3>& start,
                                        const std::array<bool, 3>& free);

/// How the fits of all classes went together; `curves` is what they are called in a note.
[[nodiscard]] fit_report report_of(std::span<const logistic_fit> fits, const std::string& curves);

}  // namespace calibrant::detail
