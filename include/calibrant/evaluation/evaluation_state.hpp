#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/class_names.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_problems.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>
#include <calibrant/stats/panel_state.hpp>

namespace calibrant {

/// What two states must have in common to be merged. `classes` may be none for the kind top_label.
struct evaluation_config {
  class_names classes;
  score_kind kind = score_kind::probabilities;
  std::size_t bins = 15;
  weight_kind weights = weight_kind::frequency;
  std::optional<double> log_floor = {};
  panel_parts parts = panel_parts::all();         ///< what the pass measures; top-label cells always are
  std::uint64_t exact_rows = default_exact_rows;  ///< above, sorted metrics take their bounded form

  std::optional<peer_choice> peer = {};  ///< another package whose metrics are measured too

  /// What a pass can measure of this kind of scores.
  [[nodiscard]] panel_parts measurable() const noexcept;
  /// Classes that cells are kept for: K, or 1 if nothing is known of classes.
  [[nodiscard]] std::size_t predicted_classes() const noexcept { return std::max<std::size_t>(classes.size(), 1); }
  /// Scores of a row: K, or 1 confidence.
  [[nodiscard]] std::size_t columns() const noexcept { return kind == score_kind::top_label ? 1 : classes.size(); }
  friend bool operator==(const evaluation_config&, const evaluation_config&) = default;
};

/// What happened to the rows on their way into the state.
struct row_counts {
  std::uint64_t measured = 0;            ///< rows in the state
  std::uint64_t zero_weight = 0;         ///< rows of weight 0, left out
  std::uint64_t clipped = 0;             ///< rows with a probability above 1 by at most 1e-6, set to 1
  std::uint64_t loosely_normalized = 0;  ///< rows accepted although their sum misses 1 by more than rounding explains
  std::uint64_t renormalized = 0;        ///< rows divided by their sum on request
  std::uint64_t soft_labels = 0;         ///< rows measured whose label is a distribution, not one class
  std::array<std::uint64_t, row_problem_count> skipped{};  ///< by row_problem

  void merge(const row_counts& other) noexcept;
  [[nodiscard]] std::uint64_t skipped_total() const noexcept;
  friend bool operator==(const row_counts&, const row_counts&) = default;
};

/// The whole of an evaluation as a mergeable state: one panel state per group (a single one, named "", without groups).
struct evaluation_state {
  evaluation_config config;
  bool grouped = false;
  bool weighted = false;  ///< a weight column was given
  row_counts counts;
  std::vector<source_info> sources;
  std::map<std::string, panel_state> panels;
  std::map<std::string, peer_state> peers;  ///< likewise, if the configuration names a peer
  kernel_pair_sums cross_group_pairs = {};  ///< of rows of different groups; they count in the total alone

  /// An empty panel state of this configuration.
  [[nodiscard]] panel_state empty_panel() const;
  /// All groups together.
  [[nodiscard]] panel_state total() const;
  /// An empty peer state of this configuration, which names a peer.
  [[nodiscard]] peer_state empty_peer() const;
  /// All groups together; nothing without a peer.
  [[nodiscard]] std::optional<peer_state> peer_total() const;
  /// Throws error (state_mismatch), naming the first difference, if the configurations differ; both stay untouched.
  void merge(const evaluation_state& other);
};

}  // namespace calibrant
