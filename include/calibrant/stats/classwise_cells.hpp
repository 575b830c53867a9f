#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/pending_cells.hpp>
#include <calibrant/stats/row_block.hpp>
#include <calibrant/stats/weighted_cells.hpp>

namespace calibrant {

/// Working memory of one thread that feeds class-wise cells: sums that have not been moved into the state yet.
struct classwise_scratch {
  std::vector<std::int64_t> totals;   ///< K sums of p_k, unit 2^-51
  std::vector<std::int64_t> squares;  ///< K sums of p_k^2, unit 2^-51
  pending_cells pending;              ///< entries outside of bin 0; labels in every bin
  std::size_t ahead = 0;  ///< bytes after each row where scores stand that are needed next; 0 if that is unknown
};

/// Cells of every class column: for class k and bin b all rows whose p_k lies in bin b; c is p_k and a is 1{y = k}.
///
/// At most B entries of a row can reach the second edge of B equal bins, so the column sums are taken with vectors and
/// only those entries one by one: of the exact cells, bin 0 stores the *column total* and is read as that total minus
/// the other bins. Laws and weights as top_label_cells. Complexity O(n K). Memory: fixed, K x B cells of 64 bytes
/// (twice that with importance weights).
class classwise_cells {
 public:
  classwise_cells(std::size_t classes, bin_edges edges, weight_kind kind) : cells_(classes, std::move(edges), kind) {}

  /// Adds the block whose n x K probabilities in [0, 1] stand at `rows`. T is float, double or float16. Unweighted rows
  /// wait in `scratch` until `flush`; flush before reading, merging or using the scratch for another state.
  template <class T>
  void accumulate(const T* const* rows, const row_block& block, classwise_scratch& scratch);
  void flush(classwise_scratch& scratch);

  /// Throws error (state_mismatch) if classes, edges or weight kind differ.
  void require_mergeable(const classwise_cells& other) const { cells_.require_mergeable(other.cells_); }
  /// Throws like require_mergeable; both states stay untouched then.
  void merge(const classwise_cells& other) { cells_.merge(other.cells_); }

  [[nodiscard]] std::size_t classes() const noexcept { return cells_.classes(); }
  [[nodiscard]] const bin_edges& edges() const noexcept { return cells_.edges; }
  [[nodiscard]] weight_kind weights() const noexcept { return cells_.kind; }

  /// The B bins of class k, each with all rows whose p_k is in it, in increasing probability; O(B).
  [[nodiscard]] std::vector<cell_pair> class_bins(std::size_t k) const;
  /// The same into a vector whose memory serves class after class.
  void class_bins(std::size_t k, std::vector<cell_pair>& bins) const;
  /// All rows, as seen by column k; O(B).
  [[nodiscard]] cell_pair column(std::size_t k) const;

  /// Non-empty bins of class k in increasing probability. Weights are shares of `total_weight`: the weight of all rows
  /// for the error of one class, K times that for the mean over classes.
  [[nodiscard]] std::vector<cell_moments> class_moments(std::size_t k, double total_weight) const;

  template <class Visitor>
  void fields(Visitor&& visit) {
    cells_.fields(visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    cells_.fields(visit);
  }
  friend bool operator==(const classwise_cells&, const classwise_cells&) = default;

 private:
  template <class T>
  void accumulate_unweighted(const T* const* rows, const row_block& block, classwise_scratch& scratch);
  template <class T>
  void accumulate_weighted(const T* const* rows, const row_block& block);
  void add_weighted(std::size_t k, std::size_t b, double p, bool hit, double w);

  weighted_cells cells_;
};

}  // namespace calibrant
