#pragma once

#include <cstdint>
#include <vector>

#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/evaluation/row_problems.hpp>

namespace calibrant::detail {

/// Throws error (invalid_scores, invalid_labels or invalid_weights) naming the first refused row, why it was refused
/// and how many of the `rows` are. At least one must be.
[[noreturn]] void refuse_rows(const row_problems& problems, const std::vector<source_info>& sources,
                              std::uint64_t rows);

}  // namespace calibrant::detail
