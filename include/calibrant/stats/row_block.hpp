#pragma once

#include <cstddef>
#include <cstdint>

#include <calibrant/core/row_summaries.hpp>

namespace calibrant {

/// Rows that passed every check, at most rows_between_flushes and few enough to stay in the cache: their summaries,
/// labels in [0, K) and weights > 0.
struct row_block {
  std::size_t rows = 0;
  row_summaries summaries{};
  const std::int32_t* labels = nullptr;
  const double* weights = nullptr;  ///< null: every weight is 1
  /// K shares per row, at least 0 and of sum 1, that stand for the label: the row counts as a row of class k with share
  /// k, and the summaries that depend on the label are their mean. Null: `labels` are the classes.
  const double* const* label_shares = nullptr;
};

}  // namespace calibrant
