#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>

#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// All n K pairs of a probability and whether its class is the label, distinct and in order. 24 bytes a pair while it
/// lasts.
[[nodiscard]] inline sorted_responses flattened_responses(const training_set& rows) {
  const std::size_t K = rows.classes();
  std::vector<double> pairs(rows.rows() * K);
  std::vector<double> weights;
  bool single = false;
  rows.in_form(score_form::probabilities).visit([&]<class T>(const basic_matrix_view<T>& view) {
    single = !std::is_same_v<T, double>;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      for (std::size_t k = 0; k < K; ++k) pairs[i * K + k] = to_double(view.row(i)[k]);
  });
  if (rows.weighted())
    for (std::size_t i = 0; i < rows.rows(); ++i) weights.insert(weights.end(), K, rows.weight(i));
  const auto hit = [&](std::size_t j) { return static_cast<std::size_t>(rows.label(j / K)) == j % K; };
  return sort_responses(pairs, single, hit, weights);
}

}  // namespace calibrant::detail
