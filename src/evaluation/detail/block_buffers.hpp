#pragma once

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
  explicit block_buffers(std::size_t capacity) : capacity_(capacity), doubles_(9 * capacity) {
    rows.reserve(capacity);
    labels.reserve(capacity);
    weights.reserve(capacity);
    places.reserve(capacity);
    prediction_.resize(capacity);
  }

  void clear() noexcept {
    rows.clear();
    labels.clear();
    weights.clear();
    places.clear();
  }
  [[nodiscard]] std::size_t size() const noexcept { return rows.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool full() const noexcept { return rows.size() == capacity_; }
  void push(const T* row, std::int32_t label, double weight, std::size_t place) {
    rows.push_back(row);
    labels.push_back(label);
    weights.push_back(weight);
    places.push_back(place);
  }

  /// Takes rows [first, first + count) of the batch, all with labels and weight 1.
  void fill(const basic_matrix_view<T>& view, std::span<const std::int32_t> batch_labels, std::size_t first,
            std::size_t count) {
    rows.resize(count);
    labels.assign(batch_labels.begin() + static_cast<std::ptrdiff_t>(first),
                  batch_labels.begin() + static_cast<std::ptrdiff_t>(first + count));
    weights.resize(count, 1.0);
    places.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      rows[i] = view.row(first + i);
      places[i] = first + i;
    }
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
  void truncate(std::size_t size) {
    rows.resize(size);
    labels.resize(size);
    weights.resize(size);
    places.resize(size);
  }

  [[nodiscard]] row_block block(bool weighted) noexcept {
    return {.rows = rows.size(),
            .summaries = summaries(),
            .labels = labels.data(),
            .weights = weighted ? weights.data() : nullptr};
  }

  std::vector<const T*> rows;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  std::vector<std::size_t> places;  ///< row numbers inside the batch

 private:
  std::size_t capacity_;
  std::vector<double> doubles_;
  std::vector<std::int32_t> prediction_;
};

}  // namespace calibrant::detail
