#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/core/matrix_view.hpp>
#include <calibrant/stats/row_block.hpp>

namespace calibrant::detail {

/// Memory for the rows of one block: where each row's scores are, its label, weight and place in the batch, and its
/// summaries.
template <class T>
class block_buffers {
 public:
  explicit block_buffers(std::size_t capacity)
      : rows(capacity),
        labels(capacity),
        weights(capacity, 1.0),
        places(capacity),
        capacity_(capacity),
        doubles_(9 * capacity),
        prediction_(capacity) {}

  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity_; }
  void push(const T* row, std::int32_t label, double weight, std::size_t place) noexcept {
    rows[size_] = row;
    labels[size_] = label;
    weights[size_] = weight;
    places[size_] = place;
    ++size_;
  }

  /// Takes rows [first, first + count) of a batch without weights, unless a label is not in [0, classes): then none,
  /// and returns false.
  [[nodiscard]] bool fill(const basic_matrix_view<T>& view, std::span<const std::int32_t> batch_labels,
                          std::size_t first, std::size_t count, std::size_t classes) noexcept {
    const std::int32_t* const from = batch_labels.data() + first;
    // The next labels: they stand apart from the scores, and a block's worth is too short for the processor to notice.
    for (std::size_t i = count; i < 2 * count && first + i < batch_labels.size(); i += 64 / sizeof(std::int32_t))
      __builtin_prefetch(from + i);
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < count; ++i) {
      labels[i] = from[i];
      largest = std::max(largest, static_cast<std::uint32_t>(from[i]));
    }
    if (largest >= classes) return false;
    for (std::size_t i = 0; i < count; ++i) {
      rows[i] = view.row(first + i);
      places[i] = first + i;
    }
    size_ = count;
    return true;
  }

  [[nodiscard]] row_summaries summaries() noexcept {
    const auto array = [&](std::size_t i) { return doubles_.data() + i * capacity_; };
    return {.confidence = array(0),
            .prediction = prediction_.data(),
            .label_probability = array(1),
            .total = array(2),
            .smallest = array(3),
            .sum_squares = array(4),
            .sum_cubes = array(5),
            .entropy = array(6),
            .squared_surprise = array(7),
            .log_loss = array(8)};
  }

  /// Moves row `from` to position `to` <= from, with all that belongs to it.
  void move_row(std::size_t from, std::size_t to) noexcept {
    rows[to] = rows[from];
    labels[to] = labels[from];
    weights[to] = weights[from];
    places[to] = places[from];
    prediction_[to] = prediction_[from];
    for (std::size_t a = 0; a < 9; ++a) doubles_[a * capacity_ + to] = doubles_[a * capacity_ + from];
  }
  void truncate(std::size_t size) noexcept { size_ = size; }

  [[nodiscard]] row_block block(bool weighted) noexcept {
    return {.rows = size_,
            .summaries = summaries(),
            .labels = labels.data(),
            .weights = weighted ? weights.data() : nullptr};
  }

  // As long as the capacity; the first size() entries count.
  std::vector<const T*> rows;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  std::vector<std::size_t> places;  ///< row numbers inside the batch

 private:
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::vector<double> doubles_;
  std::vector<std::int32_t> prediction_;
};

}  // namespace calibrant::detail
