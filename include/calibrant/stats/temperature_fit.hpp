#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace calibrant {

/// Rows to which a temperature is fitted: z = ln max(p, 2^-126), n x K row-major, with their labels and weights.
struct temperature_rows {
  std::span<const double> log_scores;  ///< n x K, in [-88, 0]
  std::size_t classes;
  std::function<std::int32_t(std::size_t)> label;
  std::function<double(std::size_t)> weight;

  [[nodiscard]] std::size_t size() const noexcept { return classes == 0 ? 0 : log_scores.size() / classes; }
  [[nodiscard]] std::span<const double> row(std::size_t i) const noexcept {
    return log_scores.subspan(i * classes, classes);
  }
};

/// The smallest probability that counts as itself: the smallest normal float32. Below it a logit says nothing.
inline constexpr double smallest_probability = 0x1p-126;

/// Temperature scaling (Guo et al. 2017): the beta = 1/T > 0 that minimises the mean log loss of softmax(beta z) over
/// the rows for which `used` holds. The loss is convex in beta; its slope, mean of sum_k z_k s_k - z_y with s =
/// softmax(beta z), is brought to 0 by Newton's steps in ln beta, inside [-10, 10]. Where the label of every row has
/// the largest score (ties included) the loss falls for ever: then beta is 1. Where scores say nothing of labels it is
/// e^-10.
///
/// Sums over rows of integer weight are exact, so the order of the rows leaves no trace. O(n K) a step, about 10 steps.
[[nodiscard]] double fitted_inverse_temperature(const temperature_rows& rows,
                                                const std::function<bool(std::size_t)>& used);

/// softmax(beta z)[label].
[[nodiscard]] double tempered_probability(std::span<const double> log_scores, std::size_t label, double beta) noexcept;

}  // namespace calibrant
