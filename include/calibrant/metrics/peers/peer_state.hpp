#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/core/float16.hpp>
#include <calibrant/math/exact_sum.hpp>
#include <calibrant/metrics/peers/bin_rule.hpp>
#include <calibrant/stats/cell_table.hpp>
#include <calibrant/stats/row_block.hpp>

namespace calibrant {

struct peer_entry;

/// The type that scores were stored in: some packages compare, clip or divide in it.
enum class peer_number { float16, float32, float64 };

/// A set of what a peer pass keeps.
struct peer_parts {
  bool top_label_cells = false;  ///< by the peer's bins of the top label
  bool predicted_cells = false;  ///< the same per predicted class
  bool class_cells = false;      ///< by the peer's bins of each class
  bool proper_scores = false;    ///< sum of -ln p_y; the Brier score is the panel's
  bool confidences = false;      ///< every top-label confidence: 24 bytes a row
  bool rows = false;             ///< every probability: 8 K bytes a row

  [[nodiscard]] bool contain(const peer_parts& other) const noexcept;
  friend peer_parts operator|(const peer_parts& a, const peer_parts& b) noexcept;
  friend bool operator==(const peer_parts&, const peer_parts&) = default;
};

/// What a pass for a peer is asked for.
struct peer_choice {
  const peer_entry* entry = nullptr;
  std::size_t bins = 0;        ///< of the top label, as a user of the peer asks for them
  std::size_t class_bins = 0;  ///< of classes
  peer_parts parts = {};

  friend bool operator==(const peer_choice&, const peer_choice&) = default;
};

/// A forecast of an event and whether it came true.
struct forecast {
  double value;
  bool hit;
};

/// Numbers that one state keeps at most: 4 GiB.
inline constexpr std::size_t most_kept_numbers = std::size_t{1} << 29;

/// What the metrics of one peer are functions of. Unweighted rows; sums are exact integers.
///
/// Laws as top_label_cells: merged shards equal one pass bit for bit, in any order, if every row has its own place.
/// Memory: 64 bytes per cell, and what `peer_parts` says per row.
class peer_state {
 public:
  /// `confidences_only`: rows are one number, the confidence in the prediction. Parts that need more are not kept.
  peer_state(const peer_choice& choice, std::size_t classes, bool confidences_only = false);

  /// Rows of the block, whose probabilities stand at `rows`. `places` number them; `first` is added to each, so that
  /// places are unique over all blocks. Throws error (unsupported) above most_kept_numbers.
  template <class T>
  void accumulate(const T* const* rows, const row_block& block, std::span<const std::size_t> places,
                  std::uint64_t first);
  /// Throws error (state_mismatch) if peer, classes, bins or parts differ, (unsupported) above most_kept_numbers; both
  /// stay untouched.
  void merge(const peer_state& other);

  [[nodiscard]] const peer_entry& peer() const noexcept { return *peer_; }
  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] std::size_t bins() const noexcept { return bins_; }
  [[nodiscard]] std::size_t class_bins() const noexcept { return class_bins_; }
  [[nodiscard]] const peer_parts& parts() const noexcept { return parts_; }
  /// Edges of the top label for float64 scores.
  [[nodiscard]] const bin_rule& top_label_rule() const noexcept { return top_label_rules_[1]; }

  [[nodiscard]] double rows() const noexcept { return static_cast<double>(row_count_); }
  /// Rows whose prediction is right; ties go to the lowest class.
  [[nodiscard]] double correct() const noexcept { return static_cast<double>(correct_); }
  /// Rows are confidences alone, so that nothing is known of the other classes.
  [[nodiscard]] bool confidences_only() const noexcept { return confidences_only_; }
  /// One class.
  [[nodiscard]] const cell_table& top_label() const noexcept { return top_label_; }
  /// Rows by the peer's rule for counts; empty if that is the rule of the cells.
  [[nodiscard]] std::span<const std::int64_t> counts() const noexcept { return counts_; }
  [[nodiscard]] const cell_table& by_prediction() const noexcept { return by_prediction_; }
  [[nodiscard]] const cell_table& by_class() const noexcept { return by_class_; }
  /// Sum of -ln p_y after the peer's clipping, over the rows where it is finite, and the number of the others.
  [[nodiscard]] double total_loss() const noexcept { return grids::loss.value(loss_); }
  [[nodiscard]] std::int64_t infinite_losses() const noexcept { return infinite_losses_; }
  /// Number of classes that are a label or a prediction of some row.
  [[nodiscard]] std::size_t classes_seen() const noexcept;
  /// The widest type that rows were stored in.
  [[nodiscard]] peer_number widest() const noexcept { return widest_; }

  /// Top-label forecasts in the order of rows. O(n log n).
  [[nodiscard]] std::vector<forecast> confidences() const;
  /// Forecasts of "the label is k", in increasing order of value. O(n log n).
  [[nodiscard]] std::vector<forecast> class_forecasts(std::size_t k) const;

 private:
  struct kept_confidence {
    std::uint64_t place;
    forecast seen;
  };

  void require_room(std::size_t rows) const;

  const peer_entry* peer_;
  std::size_t classes_;
  std::size_t bins_;
  std::size_t class_bins_;
  peer_parts parts_;
  bool confidences_only_;
  std::vector<bin_rule> top_label_rules_;  ///< of float32 and float16, of float64
  std::vector<bin_rule> class_rules_;      ///< likewise
  std::int64_t row_count_ = 0;
  std::int64_t correct_ = 0;
  cell_table top_label_;
  std::vector<bin_rule> count_rule_;  ///< none or one
  std::vector<std::int64_t> counts_;
  cell_table by_prediction_;
  cell_table by_class_;
  int128 loss_ = 0;
  std::int64_t infinite_losses_ = 0;
  std::vector<std::uint8_t> seen_;  ///< by class
  peer_number widest_ = peer_number::float16;
  std::vector<kept_confidence> confidences_;
  std::vector<double> probabilities_;  ///< n x K
  std::vector<std::int32_t> labels_;
};

}  // namespace calibrant
