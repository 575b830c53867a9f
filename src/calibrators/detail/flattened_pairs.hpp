#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>

namespace calibrant::detail {

/// Calls work(n K probabilities of all classes, whether they are float32 numbers, hit(j): pair j is of its row's label,
/// their weights or none) and returns what it returns.
template <class Work>
[[nodiscard]] auto visit_pairs(const training_set& rows, const Work& work) {
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
  return work(std::span<const double>(pairs), single, hit, std::span<const double>(weights));
}

}  // namespace calibrant::detail
