#include <calibrant/evaluation/calibration_model.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <string>

#include <calibrant/calibrators/row_mapper.hpp>
#include <calibrant/core/error.hpp>

#include "evaluation/detail/row_check.hpp"
#include "evaluation/detail/score_rows.hpp"

namespace calibrant {
namespace {

/// Index of the first of the largest scores.
template <class T>
std::size_t largest_of(const T* row, std::size_t K) noexcept {
  std::size_t top = 0;
  for (std::size_t k = 1; k < K; ++k)
    if (to_double(row[k]) > to_double(row[top])) top = k;
  return top;
}

/// Lifts the class with the largest score above every class with a smaller one.
template <class T, class Out>
void keep_largest(const T* row, Out* p, std::size_t K) noexcept {
  const std::size_t top = largest_of(row, K);
  Out beaten = -1;  // the largest probability that must stand below
  for (std::size_t k = 0; k < K; ++k)
    if (p[k] > beaten && to_double(row[k]) < to_double(row[top])) beaten = p[k];
  if (p[top] > beaten) return;
  const Out raised = std::nextafter(beaten, Out{2});
  for (std::size_t k = 0; k < K; ++k)
    if (to_double(row[k]) == to_double(row[top])) p[k] = raised;
}

template <class Out>
std::size_t apply_to(const calibration_model& model, const class_scores& from, Out* to, thread_pool& pool,
                     std::uint64_t first_row) {
  const matrix_view& whole = view_of(from);
  const std::size_t K = model.classes.size();
  const bool are_logits = std::holds_alternative<logits>(from);
  if (are_logits != (model.kind == score_kind::logits))
    throw error(error_code::shape_mismatch,
                "scores: got " + std::string(name_of(are_logits ? score_kind::logits : score_kind::probabilities)) +
                    ", but the model maps " + std::string(name_of(model.kind)) + "; give it what it has learned from");
  if (whole.columns() != K)
    throw error(error_code::shape_mismatch, "scores: got " + std::to_string(whole.columns()) +
                                                " columns, but the model has " + std::to_string(K) +
                                                " classes; give the scores of all classes in the model's order");
  constexpr std::size_t bytes = 64 * 1024;
  const std::size_t block = std::clamp<std::size_t>(bytes / (8 * K), 1, 64);
  const std::size_t share = block * 16;
  const std::size_t n = whole.rows();
  std::atomic<std::size_t> without_mass = 0;
  whole.visit([&](const auto& view) {
    pool.run((n + share - 1) / share, [&](std::size_t part) {
      row_mapper mapper(*model.map, are_logits, model.training.floor);
      std::vector<double> p(block * K);
      const std::size_t end = std::min(n, (part + 1) * share);
      for (std::size_t first = part * share; first < end; first += block) {
        const std::size_t count = std::min(block, end - first);
        for (std::size_t i = first; i < first + count; ++i)
          if (const auto complaint = detail::complaint_about(view.row(i), model.classes, are_logits))
            throw error(error_code::invalid_scores, "row " + std::to_string(first_row + i) + " " + complaint->got);
        without_mass += mapper.map(view, first, count, p.data());
        Out* const out = to + first * K;
        for (std::size_t j = 0; j < count * K; ++j) out[j] = static_cast<Out>(p[j]);
        if (!model.method->keeps_order) continue;
        for (std::size_t i = 0; i < count; ++i) keep_largest(view.row(first + i), out + i * K, K);
      }
    });
  });
  return without_mass;
}

}  // namespace

std::size_t apply_model(const calibration_model& model, const class_scores& from, float* to, thread_pool& pool,
                        std::uint64_t first_row) {
  return apply_to(model, from, to, pool, first_row);
}
std::size_t apply_model(const calibration_model& model, const class_scores& from, double* to, thread_pool& pool,
                        std::uint64_t first_row) {
  return apply_to(model, from, to, pool, first_row);
}

}  // namespace calibrant
