#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <calibrant/calibrators/calibration_map.hpp>
#include <calibrant/core/matrix_view.hpp>

#include "calibrators/detail/softmax_rows.hpp"
#include "simd/kernels.hpp"

namespace calibrant::detail {

/// The smallest probability of an element type that counts as itself, the smallest normal number: below it and at 0 a
/// logarithm is taken of it instead.
template <class T>
inline constexpr double probability_floor_of = std::is_same_v<T, float16> ? 0x1p-14
                                               : std::is_same_v<T, float> ? 0x1p-126
                                                                          : 0x1p-1022;

/// Entries of a row that are floored: probabilities below the floor, logits of -infinity. Most rows have none, which
/// the smallest entry tells without branches.
template <class T>
[[nodiscard]] std::size_t floored_entries(const T* row, std::size_t K, bool are_logits) noexcept {
  // The lowest number of T, which a test in T must not round to -infinity.
  constexpr double lowest = std::is_same_v<T, float> ? -static_cast<double>(std::numeric_limits<float>::max())
                                                     : -std::numeric_limits<double>::max();
  const double floor = are_logits ? lowest : probability_floor_of<T>;
  if constexpr (!std::is_same_v<T, float16>) {
    T least[8];
    std::fill_n(least, 8, row[0]);
    std::size_t k = 0;
    for (; k + 8 <= K; k += 8)
      for (std::size_t lane = 0; lane < 8; ++lane)
        least[lane] = row[k + lane] < least[lane] ? row[k + lane] : least[lane];
    for (; k < K; ++k) least[0] = row[k] < least[0] ? row[k] : least[0];
    if (!(*std::min_element(least, least + 8) < static_cast<T>(floor))) return 0;
  }
  std::size_t below = 0;
  for (std::size_t k = 0; k < K; ++k) below += static_cast<std::size_t>(to_double(row[k]) < floor);
  return below;
}

/// Brings rows of logits or probabilities into the form that a map reads. One for each thread.
class score_loader {
 public:
  /// `floor`: a probability below it counts as it, where a logarithm is taken; 0: the one of the element type.
  score_loader(bool are_logits, score_form form, bool keep_zeros, double floor) noexcept
      : are_logits_(are_logits), form_(form), keep_zeros_(keep_zeros), floor_(floor) {}

  /// Rows [first, first + n) of the view, as n x K float64.
  template <class T>
  void load(const basic_matrix_view<T>& view, std::size_t first, std::size_t n, double* to) {
    const std::size_t K = view.columns;
    rows<T>().resize(n);
    for (std::size_t i = 0; i < n; ++i) rows<T>()[i] = view.row(first + i);
    if (are_logits_)
      load_logits(rows<T>().data(), n, K, to);
    else
      load_probabilities(rows<T>().data(), n, K, to);
  }

 private:
  template <class T>
  void load_probabilities(const T* const* row, std::size_t n, std::size_t K, double* to) {
    const double floor = floor_of<T>();
    for (std::size_t i = 0; i < n; ++i, to += K) {
      if (form_ == score_form::probabilities) {
        for (std::size_t k = 0; k < K; ++k) to[k] = std::min(to_double(row[i][k]), 1.0);
        continue;
      }
      simd::active_target().rows<T>().floored_logs(row[i], K, floor, to);
      if (form_ != score_form::log_odds) continue;
      rest_.resize(K);
      for (std::size_t k = 0; k < K; ++k) rest_[k] = 1 - to_double(row[i][k]);
      log_rest_.resize(K);
      simd::active_target().rows<double>().floored_logs(rest_.data(), K, floor, log_rest_.data());
      for (std::size_t k = 0; k < K; ++k) to[k] -= log_rest_[k];
    }
  }

  template <class T>
  void load_logits(const T* const* row, std::size_t n, std::size_t K, double* to) {
    if (form_ == score_form::probabilities) {
      softmax_.apply(row, n, K, to);
      return;
    }
    const double bound = -std::log(floor_of<T>());
    for (std::size_t i = 0; i < n; ++i, to += K) {
      for (std::size_t k = 0; k < K; ++k) to[k] = to_double(row[i][k]);
      const bool has_zeros = floored_entries(row[i], K, true) > 0;
      if (form_ == score_form::log_scores && !has_zeros) continue;
      const double top = *std::max_element(to, to + K);
      if (has_zeros)
        for (std::size_t k = 0; k < K; ++k)
          if (std::isinf(to[k])) to[k] = keep_zeros_ ? top + simd::lowest_shifted_score : top - bound;
      if (form_ == score_form::log_scores) continue;
      exponentials_.resize(K);
      double total = 0;
      double beside_top = 0;  // of all but the first largest
      std::size_t largest = K;
      for (std::size_t k = 0; k < K; ++k) {
        exponentials_[k] = std::exp(to[k] - top);
        if (largest == K && to[k] == top)
          largest = k;
        else
          beside_top += exponentials_[k];
      }
      total = 1 + beside_top;
      if (form_ == score_form::log_probabilities) {
        const double log_total = std::log1p(beside_top);
        for (std::size_t k = 0; k < K; ++k) to[k] = std::max((to[k] - top) - log_total, -bound);
        continue;
      }
      for (std::size_t k = 0; k < K; ++k) {
        const double others = k == largest ? beside_top : total - exponentials_[k];
        to[k] = std::clamp((to[k] - top) - std::log(others), -bound, bound);
      }
    }
  }

  template <class T>
  [[nodiscard]] double floor_of() const noexcept {
    return floor_ > 0 ? floor_ : probability_floor_of<T>;
  }

  template <class T>
  std::vector<const T*>& rows() noexcept {
    if constexpr (std::is_same_v<T, float>) return float32_;
    if constexpr (std::is_same_v<T, double>) return float64_;
    if constexpr (std::is_same_v<T, float16>) return float16_;
  }

  bool are_logits_;
  score_form form_;
  bool keep_zeros_;
  double floor_;
  softmax_rows softmax_;
  std::vector<double> exponentials_;
  std::vector<double> rest_;
  std::vector<double> log_rest_;
  std::vector<const float*> float32_;
  std::vector<const double*> float64_;
  std::vector<const float16*> float16_;
};

}  // namespace calibrant::detail
