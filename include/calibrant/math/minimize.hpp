#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace calibrant {

/// The value of a function at a point; its gradient goes into `gradient`, as long as the point.
using differentiable = std::function<double(std::span<const double> point, std::span<double> gradient)>;

/// What is known of the second derivatives near the minimum: nothing, the diagonal (d numbers), or the whole symmetric
/// matrix (d x d). With `pulls` r and `groups` (d numbers each), r_i r_j is added to a diagonal wherever i and j are of
/// one group; groups are numbered from 0. It may be rough; the closer it is, the fewer evaluations are needed.
struct curvature {
  std::vector<double> numbers;
  std::vector<double> pulls = {};
  std::vector<std::uint32_t> groups = {};
  [[nodiscard]] bool is_matrix(std::size_t dimension) const noexcept {
    return dimension > 1 && numbers.size() == dimension * dimension;
  }
};

using curvature_at = std::function<curvature(std::span<const double> point)>;

struct minimize_options {
  double gradient_tolerance = 1e-9;  ///< of the largest entry of the gradient
  std::size_t iterations = 500;
};

struct minimum {
  std::vector<double> point;
  double value = 0;
  double gradient = 0;  ///< largest entry by size
  std::size_t evaluations = 0;
  bool converged = false;  ///< the gradient is within the tolerance
};

/// Minimises a smooth function by L-BFGS (Liu, Nocedal 1989) in coordinates in which its curvature at the start is the
/// identity. It ends where the gradient is within its tolerance. Where rounding hides any further descent before the
/// gradient is within its tolerance, Newton's steps with the curvature at that point go on as long as the gradient
/// shrinks. The best point seen is returned, whether or not it converged. Deterministic. O(evaluations (f + d^2)) with
/// a matrix, O(d) beside f without.
[[nodiscard]] minimum minimize(const differentiable& function, std::vector<double> start,
                               const minimize_options& options, const curvature_at& curvature = {});

}  // namespace calibrant
