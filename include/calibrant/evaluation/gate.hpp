#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>

namespace calibrant {

enum class gate_outcome { pass, fail, inconclusive };
[[nodiscard]] std::string_view name_of(gate_outcome outcome) noexcept;

enum class limit_rule {
  at_most,   ///< the metric shall not exceed the limit
  at_least,  ///< the metric shall not fall short of it
  no_worse,  ///< the metric shall not be worse than that of a baseline, by more than the limit
};
[[nodiscard]] std::string_view name_of(limit_rule rule) noexcept;

/// Which rows a limit is about.
enum class limit_scope { total, group, one_class };
[[nodiscard]] std::string_view name_of(limit_scope scope) noexcept;

struct metric_limit {
  std::string metric;
  limit_rule rule = limit_rule::at_most;
  double limit = 0;  ///< in the unit of the metric; of no_worse the margin, 0: whatever is significantly worse fails
  bool per_group = false;  ///< for each group besides
  bool per_class = false;  ///< for each class besides; see has_class_meaning
};

/// Whether a limit of the metric can be set to each class: classwise_ece (the error of the probability of the class),
/// ece and accuracy (of the rows predicted as the class).
[[nodiscard]] bool has_class_meaning(std::string_view metric) noexcept;

/// What is wrong with a limit, whatever the data: an unknown metric, a limit outside its range or on its good side, a
/// metric without an interval to judge by. Empty: nothing. Begins with "got".
[[nodiscard]] std::string complaint_about(const metric_limit& limit);

/// The limits of "no worse than a baseline": each metric of `limits` once, or without limits ece, accuracy, log_loss
/// and brier, as far as such scores answer them.
[[nodiscard]] std::vector<metric_limit> no_worse_limits(std::span<const metric_limit> limits, score_kind kind);

struct gate_options {
  confidence_level level = {};  ///< above 0.5; 1 - level is what a pass, and a failure, may be wrong with
  std::vector<metric_limit> limits = {};
  metric_options metric = {};  ///< as evaluation_options has it; its level is not read
};

/// One limit for one set of rows. A bound is one-sided. Of no_worse the value is by how much the metric is worse than
/// the baseline's.
struct gate_check {
  const metric_entry* entry = nullptr;
  limit_rule rule = limit_rule::at_most;
  double limit = 0;
  limit_scope scope = limit_scope::total;
  std::string member = {};  ///< name of the group or class
  double rows = 0;          ///< effective rows that it rests on
  figure value = figure::none("");
  figure baseline = figure::none("");  ///< of no_worse: the metric of the baseline
  figure at_worst = figure::none("");  ///< no worse than this, with probability 1 - alpha
  figure at_best = figure::none("");   ///< no better than this, with probability 1 - fail_alpha
  double alpha = 0;
  double fail_alpha = 0;    ///< what is left of alpha for this limit among all (Holm 1979)
  std::string method = {};  ///< of the bounds
  gate_outcome outcome = gate_outcome::inconclusive;
  figure more_rows = figure::none("");  ///< where inconclusive: an estimate of the further rows that would decide
  std::string advice = {};              ///< one sentence; empty where it passes
};

/// A finished gate: pure data that every face shows.
struct gate_result {
  gate_options options;
  gate_outcome outcome = gate_outcome::inconclusive;
  std::string verdict = {};  ///< one sentence
  std::vector<gate_check> checks = {};
  evaluation_config config;
  row_counts counts;
  std::vector<source_info> sources;
  std::vector<source_info> baseline_sources = {};
  double weight = 0;
  bool grouped = false;
  bool weighted = false;
  std::vector<evaluation_warning> warnings = {};  ///< about rows
};

/// Judges limits on confidence bounds, not on estimates. With alpha = 1 - level:
///
/// A limit FAILS iff the bound on its good side, at the alpha that Holm's (1979) step-down leaves to it, is beyond the
/// limit: all limits, groups and classes count, so that any false failure has probability alpha at most. It PASSES iff
/// the bound on its bad side, at alpha, is within the limit; else it is inconclusive. The gate passes iff all pass,
/// which needs no correction (a false pass has probability alpha at most: some limit that is violated passed); it
/// fails iff some limit fails.
///
/// Bounds are the ends of the metric's interval: at level 1 - 2 alpha, or where each end may be wrong with all of
/// 1 - level (metric_needs::undivided) at level 1 - alpha. For ece and other binned L1 errors these are the bounds of
/// stats/l1_error_bounds.hpp at alpha. Errors summed over classes (classwise_ece, ace and relatives) take their bounds
/// at P(Z > sqrt(2) z_alpha), since classes share rows. The difference to a baseline of independent rows is bounded by
/// the distances of both values from their own bounds, d - sqrt((x - l)^2 + (u' - x')^2) (Zou and Donner 2008), for
/// means the z test; values that are biased upward are taken without their bias, as below, and add to the other
/// distance where their lower bound is 0. A margin of 0 passes what
/// does not fail.
///
/// more_rows: the value, of errors that are biased upward sqrt(max(x^2 - e^2, 0)) with e the value expected of a
/// calibrated model, stays, and the distance of a bound from it shrinks like 1 / sqrt(rows).
///
/// Throws error: invalid_argument on a limit with a complaint, no limits, a level of at most 0.5, limits per group of a
/// state without groups, a baseline that is asked for and not there; missing_input where the rows do not answer a
/// metric (the reason is in the sentence); state_mismatch where the baseline measures other classes, bins or losses.
/// Of a group or class that is too small for an interval the limit is inconclusive. Complexity: that of the metrics, a
/// few times, and O(B) per class.
[[nodiscard]] gate_result judge(const evaluation_state& state, const gate_options& options,
                                const evaluation_state* baseline = nullptr, thread_pool* pool = nullptr);

/// What a pass over rows of K classes must measure for these limits (evaluation_config::parts).
[[nodiscard]] panel_parts parts_needed(std::span<const metric_limit> limits);

}  // namespace calibrant
