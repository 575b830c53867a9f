#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/row_outcomes.hpp>
#include <calibrant/metrics/estimate.hpp>

namespace calibrant {

/// Of comparison_options::bins: the variance of a difference reads the square of it in cells.
inline constexpr std::size_t most_compared_bins = 1000;

struct comparison_options {
  confidence_level level = {};    ///< of the intervals; 1 - level is what a verdict may be wrong with
  std::size_t bins = 15;          ///< of equal width, of the calibration errors
  std::size_t replicates = 1000;  ///< of the rows, for the calibration error
  std::uint64_t seed = 0;         ///< of the replicates
  bool all_pairs = false;         ///< every pair; else every model against the first
  weight_kind weights = weight_kind::frequency;
  std::optional<double> log_floor = {};  ///< as evaluation_config has it
};

/// The difference of one metric: the value of the model minus that of the baseline.
struct paired_difference {
  const metric_entry* entry = nullptr;  ///< one of difference_metrics()
  figure value = figure::none("");
  figure standard_error = figure::none("");
  interval_estimate uncertainty = interval_estimate::none("");
  figure p_value = figure::none("");           ///< two-sided, of no difference
  figure adjusted_p_value = figure::none("");  ///< over all tests of the comparison (Holm 1979)
};

struct compared_pair {
  std::size_t baseline = 0;  ///< place among the models
  std::size_t model = 0;
  std::string verdict;  ///< one sentence; only what the adjusted p-values allow is called better or worse
  std::vector<paired_difference> differences;
};

struct compared_model {
  std::string name;
  score_kind kind = score_kind::probabilities;
  std::vector<source_info> sources;
  row_counts counts;                  ///< of the rows of the model
  std::vector<panel_metric> metrics;  ///< model_metrics() on the rows of the comparison; value and interval alone
};

/// A finished comparison: pure data that every face shows.
struct comparison {
  comparison_options options;
  class_names classes = class_names::none();
  bool by_id = false;  ///< rows were joined by their ids
  bool weighted = false;
  std::uint64_t rows = 0;      ///< that all models answer
  std::uint64_t left_out = 0;  ///< that some model does not
  double weight = 0;           ///< of the rows
  std::vector<compared_model> models = {};
  std::vector<compared_pair> pairs = {};
  std::size_t tests = 0;  ///< p-values that were adjusted together
  std::vector<evaluation_warning> warnings = {};
};

/// What is told of every model, as `evaluate` tells it: log_loss, brier, accuracy, ece, ece_l2_debiased.
[[nodiscard]] std::span<const metric_entry* const> model_metrics() noexcept;
/// What is told of every pair: log_loss, brier, accuracy, ece and ece_l2_squared, the square that ece_l2_debiased is
/// the root of, without its cut at 0: an estimate without bias, whose differences therefore have intervals and tests.
[[nodiscard]] std::span<const metric_entry* const> difference_metrics() noexcept;

/// Compares models on the same rows.
///
/// Means over rows (log_loss, brier, accuracy): with d_i the paired differences, mean -+ z se, se = s / sqrt(W) for
/// frequency weights and the linearised sqrt(sum w^2 (d - mean)^2) / W for importance weights; p-values of the z test,
/// for accuracy the exact test of McNemar (1947) where weights count rows. Rows on which both losses are infinite have
/// difference 0; where one is, the mean is infinite and there is neither interval nor p-value.
///
/// ece: the difference alone, since both values are biased, each by its own amount. ece_l2_squared: replicates of the
/// rows (Poisson numbers of the bootstrap, the same for all models), symmetric about the value, scaled to the
/// variance that theta has: near 0 replicates vary by more than the estimate, by twice the variance V of
/// sum_{i != j} r_i r_j of centred residuals r, which is known (Arcones and Gine 1992). p-value (1 + #)/(R + 1).
///
/// Rows that some model left out are left out of all. Models of more than one row_outcomes either all have keys,
/// aligned by align_by_key, or stand row by row. Throws error (invalid_argument, shape_mismatch, invalid_labels,
/// invalid_weights, no_rows). The result depends neither on the number of threads nor, with keys, on the order of rows.
/// Complexity: O(models n (log n + replicates)).
[[nodiscard]] comparison compare(std::vector<row_outcomes> models, const comparison_options& options,
                                 thread_pool& pool);

}  // namespace calibrant
