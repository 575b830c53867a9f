#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>

#include "calibrators/detail/normalize_row.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// Curves of one-vs-rest methods: one for each class, of two classes for class 1 alone.
[[nodiscard]] constexpr std::size_t curve_count(std::size_t K) noexcept { return K == 2 ? 1 : K; }

/// Calls work(k, n scores of class k, whether they are float32 numbers) for every class, classes in parallel; of two
/// classes for class 1 alone, whose probability settles the other's.
template <class Work>
void for_each_class(const training_set& rows, score_form form, const Work& work) {
  const std::size_t K = rows.classes();
  const std::size_t n = rows.rows();
  const std::size_t first_class = K == 2 ? 1 : 0;
  // Classes that share cache lines are read together, in groups that keep all threads busy.
  const std::size_t most = n <= 100'000 ? 16 : 8;
  const std::size_t classes = K - first_class;
  const std::size_t threads = rows.pool().size();
  const std::size_t wanted = ((classes + most - 1) / most + threads - 1) / threads * threads;
  const std::size_t groups = std::min(wanted, classes);
  rows.in_form(form).visit([&]<class T>(const basic_matrix_view<T>& view) {
    rows.pool().run(groups, [&](std::size_t g) {
      const std::size_t first = first_class + classes * g / groups;
      const std::size_t count = first_class + classes * (g + 1) / groups - first;
      const std::unique_ptr<double[]> columns = std::make_unique_for_overwrite<double[]>(count * n);
      for (std::size_t i = 0; i < n; ++i) {
        const T* const row = view.row(i) + first;
        for (std::size_t c = 0; c < count; ++c) columns[c * n + i] = to_double(row[c]);
      }
      for (std::size_t c = 0; c < count; ++c)
        work(first + c, std::span<const double>(columns.get() + c * n, n), !std::is_same_v<T, double>);
    });
  });
}

/// Calls work(curve, n probabilities of its class, whether they are float32 numbers, hit(i): row i is of the class).
template <class Work>
void for_each_curve(const training_set& rows, const Work& work) {
  for_each_class(rows, score_form::probabilities, [&](std::size_t k, std::span<const double> column, bool single) {
    const auto hit = [&](std::size_t i) { return static_cast<std::size_t>(rows.label(i)) == k; };
    work(curve_count(rows.classes()) == 1 ? 0 : k, column, single, hit);
  });
}

/// The same with distinct probabilities in order, work(curve, sorted_responses).
template <class Work>
void for_each_sorted_curve(const training_set& rows, const Work& work) {
  for_each_curve(rows, [&](std::size_t c, std::span<const double> column, bool single, const auto& hit) {
    work(c, sort_responses(column, single, hit, rows.weights()));
  });
}

/// p_k = g(k, s_k) / sum_j g(j, s_j), of two classes p_1 = g(1, s_1) and p_0 = 1 - p_1. Returns how many rows had no
/// mass.
template <class Curve>
std::size_t apply_one_vs_rest(std::span<const double> from, std::span<double> p, std::size_t K, const Curve& g) {
  std::size_t without_mass = 0;
  for (std::size_t i = 0; i < from.size(); i += K) {
    if (K == 2) {
      p[i + 1] = g(std::size_t{1}, from[i + 1]);
      p[i] = 1 - p[i + 1];
      continue;
    }
    for (std::size_t k = 0; k < K; ++k) p[i + k] = g(k, from[i + k]);
    without_mass += normalize_row(p.data() + i, K);
  }
  return without_mass;
}

}  // namespace calibrant::detail
