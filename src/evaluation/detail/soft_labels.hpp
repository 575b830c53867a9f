#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include <calibrant/core/class_names.hpp>
#include <calibrant/core/float16.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>

#include "evaluation/detail/row_check.hpp"

namespace calibrant::detail {

/// How far the shares of a soft label may miss a sum of 1.
inline constexpr double share_tolerance = 1e-3;

/// Whether K shares are a distribution over the classes, its sum within the tolerance.
[[nodiscard]] inline bool is_distribution(const double* shares, std::size_t classes) noexcept {
  double total = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    if (!(shares[k] >= 0)) return false;
    total += shares[k];
  }
  return std::abs(total - 1) <= share_tolerance;
}

/// The class that has the whole share (one-hot), or soft_label.
[[nodiscard]] inline std::int32_t only_class(const double* shares, std::size_t classes) noexcept {
  std::int32_t only = soft_label;
  for (std::size_t k = 0; k < classes; ++k) {
    if (shares[k] == 0) continue;
    if (shares[k] != 1 || only != soft_label) return soft_label;
    only = static_cast<std::int32_t>(k);
  }
  return only;
}

/// Shares divided by their sum.
inline void normalize(const double* from, double* to, std::size_t classes) noexcept {
  double total = 0;
  for (std::size_t k = 0; k < classes; ++k) total += from[k];
  for (std::size_t k = 0; k < classes; ++k) to[k] = from[k] / total;
}

/// Means over a label drawn with probability q_k for class k.
struct expected_terms {
  double probability;  ///< sum_k q_k p_k
  double log_loss;     ///< sum_k q_k (-ln max(p_k, floor)), nats; +infinity if p_k = 0 and q_k > 0 without a floor
};

template <class P>
[[nodiscard]] expected_terms expected_over_probabilities(const P* p, const double* q, std::size_t classes,
                                                         std::optional<double> floor) noexcept {
  expected_terms terms{0, 0};
  for (std::size_t k = 0; k < classes; ++k) {
    if (q[k] == 0) continue;
    const double pk = to_double(p[k]);
    terms.probability += q[k] * pk;
    terms.log_loss -= q[k] * std::log(std::max(pk, floor.value_or(0)));
  }
  return terms;
}

/// The same from logits z and their softmax p: -ln p_k = -ln p_top + z_top - z_k stays finite where p_k underflows.
template <class T, class P>
[[nodiscard]] expected_terms expected_over_logits(const T* z, const P* p, const double* q, std::size_t classes,
                                                  std::int32_t top, std::optional<double> floor) noexcept {
  const double largest = floor ? -std::log(*floor) : std::numeric_limits<double>::infinity();
  const double top_loss = -std::log(to_double(p[top]));
  expected_terms terms{0, 0};
  for (std::size_t k = 0; k < classes; ++k) {
    if (q[k] == 0) continue;
    terms.probability += q[k] * to_double(p[k]);
    terms.log_loss += q[k] * std::min(top_loss + (to_double(z[top]) - to_double(z[k])), largest);
  }
  return terms;
}

/// The words that follow "row 17 " for shares that are no distribution.
[[nodiscard]] row_complaint explain_soft_label(const double* shares, const class_names& classes);

}  // namespace calibrant::detail
