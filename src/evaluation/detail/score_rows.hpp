#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include <calibrant/core/class_names.hpp>

#include "evaluation/detail/row_check.hpp"

namespace calibrant::detail {

/// Sum and extremes of a row; NaN among its entries makes the sum NaN.
template <class T>
[[nodiscard]] row_extent extent_of(const T* row, std::size_t K) noexcept {
  row_extent extent{0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (std::size_t k = 0; k < K; ++k) {
    const double x = to_double(row[k]);
    extent.total += x;
    extent.smallest = x < extent.smallest ? x : extent.smallest;
    extent.largest = x > extent.largest ? x : extent.largest;
  }
  return extent;
}

/// Whether a row of logits can be used: no NaN, no +infinity, one finite entry.
template <class T>
[[nodiscard]] bool are_usable_logits(const T* row, std::size_t K) noexcept {
  // 0 z is 0 of a finite z and NaN of everything else: without a branch for each entry.
  if constexpr (!std::is_same_v<T, float16>) {
    T trace[8] = {};
    std::size_t k = 0;
    for (; k + 8 <= K; k += 8)
      for (std::size_t lane = 0; lane < 8; ++lane) trace[lane] += T{0} * row[k + lane];
    for (; k < K; ++k) trace[0] += T{0} * row[k];
    T all = 0;
    for (const T x : trace) all += x;
    if (all == 0) return true;
  }
  bool below_infinity = true;
  bool finite = false;
  for (std::size_t k = 0; k < K; ++k) {
    const double z = to_double(row[k]);
    below_infinity = below_infinity && z < std::numeric_limits<double>::infinity();
    finite = finite || z > -std::numeric_limits<double>::infinity();
  }
  return below_infinity && finite;
}

/// What is wrong with a row as it stands, if anything is.
template <class T>
[[nodiscard]] std::optional<row_complaint> complaint_about(const T* row, const class_names& classes, bool are_logits) {
  const std::size_t K = classes.size();
  if (are_logits) {
    if (are_usable_logits(row, K)) return std::nullopt;
    return explain_logits(row, classes);
  }
  if (judge<T>(extent_of(row, K), K, false) != row_verdict::refuse) return std::nullopt;
  return explain_probabilities(row, classes);
}

}  // namespace calibrant::detail
