#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <calibrant/evaluation/prediction_batch.hpp>

#include "io/detail/row_keys.hpp"

namespace calibrant::io {

/// The rows of one file, in order.
class row_reader {
 public:
  row_reader() = default;
  row_reader(const row_reader&) = delete;
  row_reader& operator=(const row_reader&) = delete;
  virtual ~row_reader() = default;

  /// Appends up to `at_most` rows to `into`, at least one unless the file has ended, and returns how many: scores (K
  /// columns, or none), labels, weights and groups, each if the file was opened for them. Scores go behind `into.rows`
  /// rows, keys behind those already there; `into.rows` stays. The place of a row is `into.source` and `into.first_row`
  /// plus its position in the batch.
  virtual std::size_t read(std::size_t at_most, batch_buffers& into, row_keys& keys) = 0;

  /// Rows of the whole file, where the format says so in advance.
  [[nodiscard]] virtual std::optional<std::uint64_t> rows() const = 0;
  /// Bytes of the file that the rows read so far stand for.
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;
};

/// Room for `rows` x `columns` scores; never shrinks, so that a reused buffer is not cleared again.
template <class T>
[[nodiscard]] T* room_for(std::vector<T>& buffer, std::size_t rows, std::size_t columns) {
  if (buffer.size() < rows * columns) buffer.resize(rows * columns);
  return buffer.data();
}

/// The place of the row that is appended to the keys of `into` next.
[[nodiscard]] inline row_place next_key_place(const batch_buffers& into, std::uint64_t line = 0) noexcept {
  return {into.source, into.first_row + into.labels.size(), line};
}

}  // namespace calibrant::io
