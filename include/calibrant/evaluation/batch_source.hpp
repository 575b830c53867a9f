#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/class_names.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_problems.hpp>

namespace calibrant {

/// One file or array that rows come from.
struct source_info {
  std::string path;                   ///< as the user gave it
  std::uint64_t rows = 0;             ///< rows read so far
  std::optional<std::string> sha256;  ///< of the whole file, lower-case hex, when asked for
};

/// Where predictions come from, batch by batch. Readers implement it; the pass consumes it from another thread than the
/// one that calls `next`, never at the same time for the same buffers.
class batch_source {
 public:
  batch_source() = default;
  batch_source(const batch_source&) = delete;
  batch_source& operator=(const batch_source&) = delete;
  virtual ~batch_source() = default;

  [[nodiscard]] virtual const class_names& classes() const = 0;
  [[nodiscard]] virtual score_kind kind() const = 0;
  [[nodiscard]] virtual bool weighted() const = 0;
  [[nodiscard]] virtual bool grouped() const = 0;

  /// Fills `into` with at least one row and returns true, or returns false at the end of the last source. Throws error
  /// on data that no row policy can repair.
  virtual bool next(batch_buffers& into) = 0;

  /// Valid after `next` returned false.
  [[nodiscard]] virtual const std::vector<source_info>& sources() const = 0;
  [[nodiscard]] virtual const std::vector<std::string>& group_names() const = 0;
  /// Rows that the reader itself refused (labels, weights); their label is refused_label in the batch.
  [[nodiscard]] virtual const row_problems& problems() const = 0;
  /// Bytes consumed so far and in all, for a progress line; the total is 0 when unknown. Safe to call while `next`
  /// runs.
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
};

}  // namespace calibrant
