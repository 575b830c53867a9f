#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/metrics/estimate.hpp>
#include <calibrant/metrics/peers/bin_rule.hpp>
#include <calibrant/metrics/peers/peer_state.hpp>
#include <calibrant/metrics/reliability_diagram.hpp>
#include <calibrant/stats/panel_state.hpp>

namespace calibrant {

/// One metric that a peer has.
struct peer_metric {
  std::string_view metric;  ///< name in the catalogue of metrics whose place it takes
  std::string_view call;    ///< how the peer is asked for it
  peer_parts reads;
  /// A pure function of what the pass kept. The panel gives what no rule of the peer touches: the Brier score.
  figure (*value)(const peer_state& state, const panel_state& panel);
};

/// A metric of the catalogue that a peer has, but whose number is not offered, and why.
struct peer_refusal {
  std::string_view metric;
  std::string_view reason;
};

/// How a peer sees a confidence before it looks for its bin.
enum class peer_values {
  as_stored,
  float32,  ///< rounded to float32
  clipped,  ///< into [eps, 1 - eps], eps the machine epsilon of the type it was stored in
};

/// Smallest and largest probability in a peer's log loss.
enum class peer_clip {
  none,
  tenth_to_fifteenth,  ///< 1e-15 and 1 - 1e-15
  epsilon,             ///< of the type that scores were stored in
};

/// Another package, as one version of it computes. The only place where its rules are named: command, JSON result,
/// pages and tests read it.
struct peer_entry {
  std::string_view name;         ///< after --peer
  std::string_view package;      ///< what it is called where it is published
  std::string_view version;      ///< that is reproduced
  std::string_view bin_text;     ///< its edges, for people
  std::string_view at_zero;      ///< where p = 0 goes
  std::string_view at_one;       ///< where p = 1 goes
  std::string_view differences;  ///< from the textbook, in sentences
  std::size_t default_bins;
  std::size_t default_class_bins;
  bool positive_class;  ///< with two classes, the confidence is the probability of the second
  peer_values values;
  peer_clip clip;
  bin_rule (*top_label_rule)(std::size_t bins, peer_number type);
  bin_rule (*class_rule)(std::size_t bins, peer_number type);
  /// By which rows of the top label are counted, where the peer does not do it by the rule of their means; else null.
  bin_rule (*count_rule)(std::size_t bins);
  std::span<const peer_metric> metrics;
  std::span<const peer_refusal> refusals;

  /// Null if the peer has no such metric.
  [[nodiscard]] const peer_metric* find(std::string_view metric) const noexcept;
};

/// Every peer, in the order of documents.
[[nodiscard]] std::span<const peer_entry> peer_catalog() noexcept;
/// By name; null if there is none.
[[nodiscard]] const peer_entry* find_peer(std::string_view name) noexcept;
/// The names separated by `separator`.
[[nodiscard]] std::string peer_names(std::string_view separator);

/// What a pass must keep for these metrics; empty means all that the peer has.
[[nodiscard]] peer_parts peer_parts_needed(const peer_entry& peer, std::span<const std::string> metrics);

/// The peer's number of a metric alone, or the reason why there is none.
[[nodiscard]] estimate peer_estimate(const peer_state& state, const panel_state& panel, std::string_view metric);

/// The peer's bins of the top label, with Clopper-Pearson intervals. Empty if its cells were not kept.
[[nodiscard]] std::vector<reliability_bin> peer_reliability(const peer_state& state, confidence_level level);

}  // namespace calibrant
