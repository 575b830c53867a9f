#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <calibrant/core/class_names.hpp>
#include <calibrant/core/float16.hpp>
#include <calibrant/evaluation/row_problems.hpp>

namespace calibrant::detail {

/// How far a probability may exceed 1 and be clipped.
inline constexpr double clip_tolerance = 1e-6;

/// How far the sum of a probability row may miss 1.
template <class T>
inline constexpr double sum_tolerance = 1e-3;
template <>
inline constexpr double sum_tolerance<float16> = 1e-2;

/// How far rounding alone lets the sum of K float32 numbers miss 1; rows beyond it are accepted, counted and warned of.
[[nodiscard]] inline double rounding_tolerance(std::size_t classes) noexcept {
  return static_cast<double>(classes) * (1e-9 + 4 * 0x1p-23);
}

/// Numbers that decide whether a row is a probability row.
struct row_extent {
  double total;  ///< sum of the row; not finite if an entry is not
  double smallest;
  double largest;
};

enum class row_verdict { good, clip, renormalize, refuse };

/// What to do with a probability row.
template <class T>
[[nodiscard]] inline row_verdict judge(const row_extent& row, std::size_t classes, bool renormalize) noexcept {
  // NaN fails every comparison, so it ends in `refuse`.
  const double miss = row.total > 1 ? row.total - 1 : 1 - row.total;
  const bool in_range = row.smallest >= 0 && row.largest <= 1 + clip_tolerance;
  if (renormalize && row.smallest >= 0 && row.total > 0 && row.total < 1e308 && miss > rounding_tolerance(classes))
    return row_verdict::renormalize;
  if (!in_range || !(miss <= sum_tolerance<T>)) return row_verdict::refuse;
  return row.largest > 1 ? row_verdict::clip : row_verdict::good;
}

/// A number in a message: six significant digits are enough to recognise it.
[[nodiscard]] std::string short_number(double x);

/// Why a row was refused, and the words that follow "row 17 ".
struct row_complaint {
  row_problem problem;
  std::string got;
};
template <class T>
[[nodiscard]] row_complaint explain_probabilities(const T* row, const class_names& classes);
template <class T>
[[nodiscard]] row_complaint explain_logits(const T* row, const class_names& classes);
[[nodiscard]] row_complaint explain_confidence(double confidence);
[[nodiscard]] row_complaint explain_label(std::int32_t label, std::size_t classes);
[[nodiscard]] row_complaint explain_prediction(std::int32_t prediction, std::size_t classes);
[[nodiscard]] row_complaint explain_weight(double weight);

}  // namespace calibrant::detail
