#pragma once

// Row kernels, compiled once per instruction set and chosen once per process. Plain pointers and sizes, noexcept.
//
// The scalar kernel (scalar_reference.cpp) is the definition. Every other target gives the same bits, because
//  - a b + c is rounded once where the definition says std::fma and twice elsewhere (-ffp-contract=off),
//  - a sum over the K entries of a row always runs in `sum_lanes` lanes: entry j goes to lane j mod 8, lanes start at
//    +0.0, entries arrive in increasing j, and the lanes are added as ((0+4)+(2+6)) + ((1+5)+(3+7)),
//  - sums of which seven digits suffice (cubes, entropy, squared surprise, and the total of probabilities) run in
//    float32 blocks,
//  - log and exp are our own polynomials, evaluated in one fixed order,
//  - sums over rows are exact integers, so their order does not matter.
// The one exception is softmax on a processor without fused multiplication (sse4): there float64 products are rounded
// before they are added. Its probabilities stay within 4 ULP of the definition; sums and losses follow from them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <calibrant/core/float16.hpp>
#include <calibrant/core/pending_cell.hpp>
#include <calibrant/core/row_summaries.hpp>

namespace calibrant::simd {

inline constexpr std::size_t sum_lanes = 8;
/// Entries of a row whose float32 sums are taken together: each block of 256 entries is summed in sixteen float32
/// lanes, entry j in lane j mod 16; lanes j and j + 8 are joined, then the eight as above in float32; the sums of the
/// blocks are added in float64 in increasing order.
inline constexpr std::size_t sum_block = 256;
inline constexpr std::size_t block_lanes = 16;

using calibrant::pending_cell;
using calibrant::row_summaries;

/// How many rows break a rule.
struct row_tally {
  std::uint64_t bad;    ///< an entry below 0 or above 1, a sum further than the tolerance from 1, or NaN
  std::uint64_t loose;  ///< a sum further than rounding explains from 1
};

/// What a row adds to the score sums, one array per field; named as stats/score_sums.hpp names them.
struct score_terms {
  double* beyond;  ///< 1 where the loss exceeds the largest one, else 0
  double* log_loss;
  double* squared_log_loss;
  double* brier;
  double* squared_brier;
  double* entropy;
  double* surprise_variance;
  double* expected_brier;
  double* brier_variance;
  double* spiegelhalter_variance;
};

/// What a calibrator learns from a row whose scores are multiplied by beta, one array per field. With s = softmax(beta
/// z) and z measured from the largest score of the row:
struct tempered_rows {
  double* loss;      ///< -ln s_y
  double* slope;     ///< d loss / d beta = sum_k z_k s_k - z_y
  double* variance;  ///< d slope / d beta = sum_k z_k^2 s_k - (sum_k z_k s_k)^2
};

/// Scores so far below the largest of their row count as this far below it: -infinity times a probability of 0 is 0.
inline constexpr double lowest_shifted_score = -1e30;

/// Parameters of vector scaling x_k = v_k z_k + b_k, and what rows add to the sums over them. All arrays but `loss` are
/// `padded_columns(K)` long, of float32 `single_columns(K)`; beyond K the slopes are 0 and the offsets -infinity.
template <class Real>
struct vector_sums_in {
  const Real* slopes;
  const Real* offsets;
  double* p;        ///< sum_i w_i p_ik
  double* p_score;  ///< sum_i w_i p_ik z_ik
  double* loss;     ///< of each row, -ln p_y, not weighted
  Real* memory;     ///< to work in: `rows_at_once` rows
};
using vector_sums = vector_sums_in<double>;
using single_vector_sums = vector_sums_in<float>;
inline constexpr std::size_t rows_at_once = 4;
[[nodiscard]] constexpr std::size_t padded_columns(std::size_t K) noexcept { return (K + 7) / 8 * 8; }

inline constexpr std::size_t single_lanes = 16;
[[nodiscard]] constexpr std::size_t single_columns(std::size_t K) noexcept {
  return (K + single_lanes - 1) / single_lanes * single_lanes;
}

// Matrices for products are stored in panels of 24 columns, one after another; within a panel row follows row. Entry
// (i, j) of n rows stands at (j / 24) 24 n + 24 i + j % 24.
inline constexpr std::size_t panel_columns = 24;

/// The left factor of a product: a matrix in panels, or its transpose.
struct left_factor {
  const double* first;
  std::size_t panel;  ///< numbers from one panel to the next
  bool transposed;
};

/// Sums over n scores of a logistic regression p = 1/(1 + exp(-f)), f = a s + b.
struct logistic_sums {
  double loss;   ///< sum_i w_i ln(1 + exp f_i)
  double p[2];   ///< sum_i w_i p_i (1, s_i)
  double pq[3];  ///< sum_i w_i p_i (1 - p_i) (1, s_i, s_i^2)
};

/// The operations of one target. T is float, double or float16.
template <class T>
struct row_kernels {
  /// Summaries of n probability rows of K entries. labels[i] in [0, K). Rows that are no probability rows are
  /// summarised without a crash; the caller looks at `total`, `smallest` and `confidence` and drops them.
  void (*summarize_probabilities)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                                  const row_summaries& out) noexcept;
  /// Softmax of n logit rows into p (n x K, contiguous, 64-byte aligned base), and their summaries.
  void (*softmax)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p,
                  const row_summaries& out) noexcept;
  /// The same p alone, of rows without NaN and +infinity that have a finite entry. p may be where float64 rows are.
  void (*softmax_alone)(const T* const* rows, std::size_t n, std::size_t K, double* p) noexcept;
  /// The part of summarize_probabilities that top-label cells and the row check need: confidence, prediction,
  /// label_probability, total and smallest. The other arrays are left alone and may be null.
  void (*summarize_top_label)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                              const row_summaries& out) noexcept;
  /// Adds, per column k, the n rows' p_k and p_k^2, each rounded to a multiple of 2^-51, as integers in that unit:
  /// totals[k] += sum_i q(p_ik), squares[k] += sum_i q(p_ik^2). An entry outside of bin 0 also counts as a row of its
  /// cell, cells[k B + bin], with its value and square. Entries are in [0, 1]. At most rows_between_flushes rows until
  /// all these are moved elsewhere. Meanwhile the memory `ahead` bytes after each row may be fetched into the cache; 0
  /// if nothing there will be needed.
  void (*accumulate_columns)(const T* const* rows, std::size_t n, std::size_t K, std::size_t bins, std::size_t ahead,
                             std::int64_t* totals, std::int64_t* squares, pending_cell* cells) noexcept;
  /// What n rows of K logits (no NaN, no +infinity, each with a finite entry) say of the inverse temperature beta > 0.
  void (*temper)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double beta,
                 const tempered_rows& out) noexcept;
  /// log_p[j] = ln max(p[j], floor), floor > 0, of `count` probabilities.
  void (*floored_logs)(const T* p, std::size_t count, double floor, double* log_p) noexcept;
  /// Adds the softmax of n rows under vector scaling, weighted, to sums over rows. Every x is finite.
  void (*add_vector_rows)(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                          const double* weights, const vector_sums& out) noexcept;
};

struct kernels {
  std::string_view name;  ///< "scalar", "sse4", "avx2", "avx512"
  row_kernels<float> f32;
  row_kernels<double> f64;
  row_kernels<float16> f16;
  /// n rows of confidence c[i] enter cells[prediction[i] B + bin], as hits where label[i] is the prediction.
  void (*accumulate_top_labels)(const double* c, const std::int32_t* prediction, const std::int32_t* label,
                                std::size_t n, std::size_t bins, pending_cell* cells) noexcept;
  /// n hits of probability p[i] enter cells[label[i] B + bin]; as rows they are counted by accumulate_columns.
  void (*accumulate_labels)(const double* p, const std::int32_t* label, std::size_t n, std::size_t bins,
                            pending_cell* cells) noexcept;
  /// Looks at total, smallest and confidence of n summarised rows.
  row_tally (*check_rows)(const row_summaries& rows, std::size_t n, double tolerance, double loose) noexcept;
  /// Score terms of n summarised rows, and the largest log_loss among them. A row whose loss exceeds `largest_loss`
  /// counts with `beyond_loss`. Rounding can leave sums a hair outside their ranges; they are put back inside.
  double (*score_rows)(const row_summaries& rows, std::size_t n, double largest_loss, double beyond_loss,
                       const score_terms& out) noexcept;
  /// sum_i (bits(x_i + magic) - bits(magic)): the exact integer sum of x_i rounded to the last place of `magic`.
  std::int64_t (*exact_sum)(const double* x, std::size_t n, double magic) noexcept;
  /// c += a b: one panel of c, `rows` (a multiple of 8) x `columns` of it, from one panel b of `inner` rows. Columns
  /// are done eight at a time. Every entry takes its terms in their order, rounded once each.
  void (*add_panel_product)(const left_factor& a, const double* b, std::size_t rows, std::size_t inner,
                            std::size_t columns, double* c) noexcept;
  /// row_kernels::temper in float32, of rows of more than `single_lanes` logits; for a first look.
  void (*temper_single)(const float* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double beta,
                        const tempered_rows& out) noexcept;
  /// row_kernels::add_vector_rows in float32, every `rows_at_once` rows added up before they enter the sums: to about
  /// 1e-7 of the size of x, several times as fast.
  void (*add_vector_rows_single)(const float* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                                 const double* weights, const single_vector_sums& out) noexcept;
  /// The rows of x, n x K in panels, become their softmax times their weights; loss[i] = -ln p_y. Entries from K to
  /// padded_columns(K) are -infinity and become 0.
  void (*softmax_panels)(double* x, std::size_t n, std::size_t K, const std::int32_t* labels, const double* weights,
                         double* loss) noexcept;
  /// Weights may be null: all 1.
  logistic_sums (*add_logistic_rows)(const double* scores, const double* weights, std::size_t n, double a,
                                     double b) noexcept;
  /// p[j] = 1/(1 + exp(-(slopes[j] scores[j] + offsets[j]))) for j < n.
  void (*sigmoids)(const double* scores, const double* slopes, const double* offsets, std::size_t n,
                   double* p) noexcept;

  template <class T>
  [[nodiscard]] const row_kernels<T>& rows() const noexcept;
};

template <>
inline const row_kernels<float>& kernels::rows<float>() const noexcept {
  return f32;
}
template <>
inline const row_kernels<double>& kernels::rows<double>() const noexcept {
  return f64;
}
template <>
inline const row_kernels<float16>& kernels::rows<float16>() const noexcept {
  return f16;
}

/// Targets compiled in and runnable on this processor, best first; "scalar" is always last.
[[nodiscard]] std::span<const kernels* const> available_targets() noexcept;

/// The target in use: the best one, unless `force_target` chose another.
[[nodiscard]] const kernels& active_target() noexcept;

/// Chooses a target by name for the whole process. Throws calibrant::error (unsupported) naming the available ones.
void force_target(std::string_view name);

}  // namespace calibrant::simd
