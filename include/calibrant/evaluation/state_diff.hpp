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
#include <calibrant/stats/homogeneity.hpp>

namespace calibrant {

/// What is known of a change, by the direction of the metric and its adjusted p-value.
enum class change_verdict {
  better,
  worse,
  higher,  ///< changed, of what is neither good nor bad, or where neither is sure
  lower,
  no_evidence,  ///< may be chance
  not_tested,   ///< no p-value; its reason says why
};
[[nodiscard]] std::string_view name_of(change_verdict verdict) noexcept;

struct diff_options {
  confidence_level level = {};  ///< of the intervals; 1 - level is what each family of tests may be wrong with
  std::vector<std::string> metrics = {};  ///< names; empty: the default panel
  metric_options metric = {};             ///< as evaluation_options has it; its level is not read
};

/// One quantity of the rows of either state, and how it differs.
struct measured_change {
  const metric_entry* entry = nullptr;
  estimate before = estimate::none("");  ///< value and interval, as evaluate gives them
  estimate after = estimate::none("");
  figure difference = figure::none("");  ///< after - before; of values that are biased upward, without their bias
  interval_estimate uncertainty = interval_estimate::none("");
  figure p_value = figure::none("");           ///< two-sided, of no difference
  figure adjusted_p_value = figure::none("");  ///< over the tests of its family (Holm 1979)
  change_verdict verdict = change_verdict::not_tested;

  /// More than chance.
  [[nodiscard]] bool significant() const noexcept {
    return verdict != change_verdict::no_evidence && verdict != change_verdict::not_tested;
  }
};

/// Whether rows are spread over classes or groups as they were.
struct mix_change {
  homogeneity test = {};
  figure p_value = figure::none("");
  figure adjusted_p_value = figure::none("");
  bool changed = false;  ///< more than chance explains
};

/// One state as a diff describes it.
struct diff_side {
  std::string name;
  score_kind kind = score_kind::probabilities;
  std::vector<source_info> sources;
  row_counts counts;
  double weight = 0;          ///< of the rows
  double effective_rows = 0;  ///< less than the rows where weights differ
  bool weighted = false;
};

/// A class; `changes` as class_quantities() names them.
struct class_change {
  std::size_t place = 0;
  std::optional<double> rows_before = {};  ///< with this label, or their weight; none where labels are not known
  std::optional<double> rows_after = {};
  std::vector<measured_change> changes = {};
  [[nodiscard]] bool significant() const noexcept;
};

/// A group that both states have; `changes` are the leading metrics.
struct group_change {
  std::string name;
  double weight_before = 0;
  double weight_after = 0;
  std::vector<measured_change> changes = {};
  [[nodiscard]] bool significant() const noexcept;
};

/// What differs between two states of independent rows: pure data that every face shows.
struct state_diff {
  diff_options options;
  diff_side before;
  diff_side after;
  class_names classes = class_names::none();
  std::size_t bins = 0;
  std::string verdict = {};                   ///< one sentence; rests on the leading metrics and the mix of classes
  std::vector<measured_change> leading = {};  ///< what the verdict rests on
  std::vector<measured_change> further = {};  ///< the other metrics of the panel
  mix_change class_mix = {};                  ///< of the labels; one of the leading tests
  bool grouped = false;                       ///< both states have groups
  mix_change group_mix = {};
  std::vector<group_change> groups = {};      ///< by name
  std::vector<std::string> groups_gone = {};  ///< that the later state lacks
  std::vector<std::string> groups_new = {};   ///< that the earlier state lacks
  std::vector<class_change> by_class = {};    ///< in the order of the columns; empty where no class is known
  // Tests that were adjusted together.
  std::size_t leading_tests = 0;
  std::size_t further_tests = 0;
  std::size_t class_tests = 0;
  std::size_t group_tests = 0;
  std::vector<std::string> advice = {};  ///< what to do, a sentence each; empty where nothing got worse
  std::vector<evaluation_warning> warnings = {};
};

/// What is told of every class: its share of the labels and of the predictions, the accuracy of the rows predicted as
/// it, and classwise_ece, the error of its probability.
[[nodiscard]] std::span<const metric_entry* const> class_quantities() noexcept;

/// Compares two states of different rows, such as those of two months. (Of the same rows compare() knows more.)
///
/// A difference has the interval of independent samples from the bounds of both (Zou and Donner 2008), each at half of
/// 1 - level: the bounds of judge(), and so the same for `no_worse`. Values that are biased upward
/// (metric_needs::biased) enter without that bias, so the difference is not that of the two values where the states
/// have unlike numbers of rows. The p-value is the least 1 - level whose interval leaves out 0.
///
/// Four families of tests, each with Holm's (1979) adjustment of its own, so that in each any false finding has
/// probability 1 - level at most: the leading metrics (accuracy, mean_confidence, confidence_gap, ece, log_loss, brier,
/// or those of `metrics` if it names some) with the mix of classes; the other metrics of the panel; all quantities of
/// all classes; all groups, with their mix. Better and worse follow the direction of the metric; of one that is best at
/// 0 both the difference and the sum have to be proved to differ from 0, since |x| > |y| where (x - y)(x + y) > 0.
///
/// Throws error: state_mismatch where classes, bins or log floors differ; invalid_argument on an unknown metric, an
/// option outside of its domain or the state of a peer; no_rows. Equal states and options give equal bits, whatever the
/// threads. Complexity: that of the metrics about ten times, and O(K B).
[[nodiscard]] state_diff diff(const evaluation_state& before, const evaluation_state& after,
                              const diff_options& options = {}, std::string_view name_before = "old",
                              std::string_view name_after = "new", thread_pool* pool = nullptr);

}  // namespace calibrant
