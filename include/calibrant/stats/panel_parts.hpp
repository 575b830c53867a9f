#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calibrant {

/// One state of the panel.
enum class panel_part : unsigned {
  proper_scores = 17,      ///< score_sums, which contain the next
  confidence_scores = 16,  ///< of score_sums what the confidence alone decides
  top_label = 2,           ///< top_label_cells
  classwise = 4,           ///< classwise_cells
  confidences = 8,         ///< confidence_store
  class_values = 32,       ///< class_value_store
  kernel_pairs = 128,      ///< kernel_pair_sums, which rows of one pass alone can give
  ranks = 64,              ///< label_ranks
  rows = 256,              ///< row_store, which no state file holds
  row_scores = 768,        ///< likewise with the scores of every class
};

/// A set of states: what a metric reads, or what a pass measures.
class panel_parts {
 public:
  constexpr panel_parts() = default;
  constexpr panel_parts(panel_part part) noexcept : bits_(static_cast<unsigned>(part)) {}  // a part is a set of one
  /// Every state that state files hold.
  [[nodiscard]] static constexpr panel_parts all() noexcept {
    return fixed_memory() | panel_part::confidences | panel_part::class_values | panel_part::ranks;
  }
  /// The states that every state file has; their size does not depend on the number of rows.
  [[nodiscard]] static constexpr panel_parts fixed_memory() noexcept {
    return panel_parts(panel_part::proper_scores) | panel_part::top_label | panel_part::classwise;
  }

  [[nodiscard]] constexpr bool contain(panel_parts parts) const noexcept {
    return (bits_ & parts.bits_) == parts.bits_;
  }
  /// "scores" (or "confidence_scores" alone), "top_label", "classwise", "confidences", "class_values", "ranks",
  /// "kernel_pairs", "row_scores" (or "rows" alone), as far as they are in the set.
  [[nodiscard]] std::vector<std::string_view> names() const;
  /// The names separated by commas.
  [[nodiscard]] std::string text() const;

  [[nodiscard]] constexpr panel_parts without(panel_parts parts) const noexcept {
    panel_parts rest;
    rest.bits_ = bits_ & ~parts.bits_;
    return rest;
  }

  friend constexpr panel_parts operator|(panel_parts a, panel_parts b) noexcept {
    panel_parts both;
    both.bits_ = a.bits_ | b.bits_;
    return both;
  }
  friend constexpr panel_parts operator&(panel_parts a, panel_parts b) noexcept {
    panel_parts common;
    common.bits_ = a.bits_ & b.bits_;
    return common;
  }
  friend constexpr bool operator==(panel_parts, panel_parts) = default;

 private:
  unsigned bits_ = 0;
};

constexpr panel_parts operator|(panel_part a, panel_part b) noexcept { return panel_parts(a) | panel_parts(b); }

}  // namespace calibrant
