#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <calibrant/core/large_vector.hpp>
#include <calibrant/stats/panel_parts.hpp>
#include <calibrant/stats/row_block.hpp>

namespace calibrant {

/// The rows themselves, as the states of a panel ate them: for what no sum can tell, such as a draw of rows. Only a
/// pass that is asked for it keeps them, and state files do not.
///
/// Every row has a key, by which the rows are in order after `sort`; so threads, batches and the order of merges leave
/// no trace. Rows may share a key: then they are drawn together. Memory: 24 bytes a row, 8 more for class-wise cells,
/// 48 for proper scores, 8 K more where the scores are kept. Above most_numbers, and where a label is a distribution,
/// the rows are given up and `missing` says why.
class row_store {
 public:
  /// About 1.6 GB: a draw of more rows than that takes longer than anybody waits.
  static constexpr std::size_t most_numbers = 200'000'000;

  /// Keeps what `measured` states need of a row of K = `classes` scores.
  row_store(panel_parts measured, std::size_t classes)
      : summaries_(measured.contain(panel_part::proper_scores) ? most_summaries
                   : measured.contain(panel_part::classwise)   ? 2
                                                               : 1),
        classes_(measured.contain(panel_part::row_scores) ? classes : 0) {}

  /// The key of a row that has no name of its own. `row` is below 2^40.
  [[nodiscard]] static std::uint64_t key_of(std::size_t source, std::uint64_t row) noexcept {
    return (static_cast<std::uint64_t>(source) << 40) + row;
  }
  /// The key of a row with a name: a hash of its bytes, the same on every machine.
  [[nodiscard]] static std::uint64_t key_of(std::string_view name) noexcept;

  /// The rows of the block, whose probabilities stand at `rows`, with their keys. T is float, double or float16.
  template <class T>
  void accumulate(const T* const* rows, const row_block& block, std::span<const std::uint64_t> keys);
  void merge(const row_store& other);
  /// Brings the rows into the order of their keys. O(n log n), O(n) where they are in order.
  void sort();

  /// Why there are no rows; empty if there are, or if none was added.
  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] std::span<const std::uint64_t> keys() const noexcept { return keys_; }
  [[nodiscard]] std::int32_t label(std::size_t row) const noexcept { return labels_[row]; }
  [[nodiscard]] double weight(std::size_t row) const noexcept { return weights_.empty() ? 1.0 : weights_[row]; }
  [[nodiscard]] bool weighted() const noexcept { return !weights_.empty(); }
  /// The K probabilities of a row, where they are kept.
  [[nodiscard]] std::span<const double> scores(std::size_t row) const noexcept {
    return std::span(scores_).subspan(row * classes_, classes_);
  }

  /// The rows `drawn` (any of them, in any number) as a block that `memory` holds; it serves block after block.
  /// Summaries that are not kept are null.
  struct block_memory {
    std::array<std::vector<double>, 8> numbers;  ///< the summaries, and weights
    std::vector<std::int32_t> predictions;
    std::vector<std::int32_t> labels;
    std::vector<const double*> scores;  ///< of the rows; empty where scores are not kept
  };
  [[nodiscard]] row_block block(std::span<const std::uint32_t> drawn, block_memory& memory) const;

  friend bool operator==(const row_store&, const row_store&) = default;

 private:
  static constexpr std::size_t most_summaries = 7;

  void give_up(std::string why);
  void require_room();

  std::size_t summaries_;  ///< how many are kept
  std::size_t classes_;    ///< 0 where scores are not kept
  std::string missing_;
  large_vector<std::uint64_t> keys_;
  large_vector<std::int32_t> labels_;
  large_vector<std::int32_t> predictions_;
  large_vector<double> weights_;  ///< empty while every weight is 1
  std::array<large_vector<double>, most_summaries> numbers_;
  large_vector<double> scores_;  ///< row-major, n x K
};

}  // namespace calibrant
