#pragma once

#include <vector>

#include <calibrant/evaluation/evaluation.hpp>

namespace calibrant {

/// What a reader should know before trusting the numbers of one panel: too few rows, classes without rows, saturated
/// probabilities, a bin that decides the MCE with a handful of rows, infinite log loss.
[[nodiscard]] std::vector<evaluation_warning> panel_warnings(const panel_state& state, const evaluation_config& config,
                                                             const panel& result);

/// What happened to rows on their way in: skipped, clipped, renormalised, loosely normalised, of weight 0.
[[nodiscard]] std::vector<evaluation_warning> row_warnings(const row_counts& counts);

}  // namespace calibrant
