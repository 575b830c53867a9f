#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/row_outcomes.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant::detail {

/// Rows of several models in the same order, none of them left out.
struct paired_rows {
  std::span<const row_outcomes> models;
  std::span<const double> weights;      ///< empty: every weight is 1
  std::span<const std::uint64_t> keys;  ///< what decides how often a row is drawn
  weight_kind kind = weight_kind::frequency;
  std::size_t bins = 15;
};

/// Top-label cells of one model: the rows `drawn`, each with the weight at the same place of `weights` (empty: 1).
/// Classes do not matter: every row predicts class 0, which is right or not.
[[nodiscard]] top_label_cells cells_of(const row_outcomes& model, const paired_rows& rows,
                                       std::span<const std::uint32_t> drawn, std::span<const double> weights);

/// The debiased squared calibration error of every model (first index) in every replicate; the replicates of all models
/// draw the same rows. A frequency weight m stands for m rows: it comes Poisson(m) times.
[[nodiscard]] std::vector<std::vector<double>> replicate_squares(const paired_rows& rows, std::size_t replicates,
                                                                 std::uint64_t seed, thread_pool& pool);

/// The variance of what is quadratic in the rows' noise in the difference of two debiased squares, with r_i the
/// residual confidence - correctness of row i less the mean of its bin, W_b the weight of the bin:
///   V = 2 / W^2 sum_{i != j} v_i v_j (1{same bin of b} r_i r_j / W_b - the same of a)^2,  v = w, or w^2 for
///   importance.
/// O(n + bins^2).
[[nodiscard]] double quadratic_variance(const row_outcomes& a, const row_outcomes& b, const paired_rows& rows);

}  // namespace calibrant::detail
