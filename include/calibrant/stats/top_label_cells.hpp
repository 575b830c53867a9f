#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <calibrant/core/computed_once.hpp>
#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/pending_cells.hpp>
#include <calibrant/stats/row_block.hpp>
#include <calibrant/stats/weighted_cells.hpp>

namespace calibrant {

/// Cells of top-label confidence, kept per predicted class: for class k and bin b the rows with prediction k whose
/// confidence lies in bin b. Summed over k they are the cells of the reliability diagram.
///
/// Laws: an empty state is the identity of merge; integer-weighted states are bit-identical for any split, order or
/// thread count; weight 2 equals two rows. Complexity O(n). Memory: fixed, K x B cells of 64 bytes (twice that with
/// importance weights).
class top_label_cells {
 public:
  top_label_cells(std::size_t classes, bin_edges edges, weight_kind kind) : cells_(classes, std::move(edges), kind) {}

  /// Confidences in [0, 1]; O(rows). Unweighted rows may wait in `scratch` until `flush`; flush before reading, merging
  /// or using the scratch for another state.
  void accumulate(const row_block& block, pending_cells& scratch);
  void flush(pending_cells& scratch);
  /// Throws error (state_mismatch) if classes, edges or weight kind differ.
  void require_mergeable(const top_label_cells& other) const { cells_.require_mergeable(other.cells_); }
  /// Throws like require_mergeable; both states stay untouched then.
  void merge(const top_label_cells& other) {
    sums_.reset();
    cells_.merge(other.cells_);
  }

  [[nodiscard]] std::size_t classes() const noexcept { return cells_.classes(); }
  [[nodiscard]] const bin_edges& edges() const noexcept { return cells_.edges; }
  [[nodiscard]] weight_kind weights() const noexcept { return cells_.kind; }

  /// Rows predicted as k in bin b.
  [[nodiscard]] cell_pair at(std::size_t k, std::size_t b) const;
  /// The B bins, each with all rows in it; O(K B), computed once and kept.
  [[nodiscard]] const std::vector<cell_pair>& bins() const { return sums().bins; }
  /// All rows predicted as k; O(B).
  [[nodiscard]] cell_pair predicted(std::size_t k) const;
  /// All rows; O(K B), computed once and kept.
  [[nodiscard]] const cell_pair& all() const { return sums().all; }

  /// Non-empty bins in increasing confidence, for the inference of top-label errors. Weights are shares of all rows.
  [[nodiscard]] std::vector<cell_moments> bin_moments() const;
  /// Non-empty (class, bin) cells, class by class, for errors conditional on the predicted class.
  [[nodiscard]] std::vector<cell_moments> conditional_moments() const;

  template <class Visitor>
  void fields(Visitor&& visit) {
    sums_.reset();
    cells_.fields(visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    cells_.fields(visit);
  }
  friend bool operator==(const top_label_cells&, const top_label_cells&) = default;

 private:
  void accumulate_sparse(const row_block& block);
  void accumulate_weighted(const row_block& block);

  struct class_sums {
    std::vector<cell_pair> bins;
    cell_pair all;
  };
  [[nodiscard]] const class_sums& sums() const;

  weighted_cells cells_;
  computed_once<class_sums> sums_;
};

}  // namespace calibrant
