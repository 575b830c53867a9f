#pragma once

#include <optional>
#include <vector>

#include <calibrant/evaluation/comparison.hpp>

#include "evaluation/detail/paired_squares.hpp"

namespace calibrant::detail {

// The difference of one metric between two models on the same rows, without what depends on other tests.

enum class row_score { log_loss, brier };
[[nodiscard]] paired_difference score_difference(row_score score, const row_outcomes& baseline,
                                                 const row_outcomes& model, const paired_rows& rows,
                                                 const comparison_options& options);

[[nodiscard]] paired_difference accuracy_difference(const row_outcomes& baseline, const row_outcomes& model,
                                                    const paired_rows& rows, const comparison_options& options);

/// `value`: the difference of the squares, `replicates`: that of the replicates.
[[nodiscard]] paired_difference square_difference(double value, std::vector<double> replicates,
                                                  const row_outcomes& baseline, const row_outcomes& model,
                                                  const paired_rows& rows, const comparison_options& options);

/// Where p_y = 0 makes losses infinite: of the baseline alone, of the model alone, of both.
struct infinite_losses {
  std::size_t baseline = 0;
  std::size_t model = 0;
  std::size_t both = 0;
};
[[nodiscard]] infinite_losses count_infinite(const row_outcomes& baseline, const row_outcomes& model,
                                             const std::optional<double>& log_floor);

/// The verdict about a pair whose p-values are adjusted: what is better, what is worse, what may be chance.
[[nodiscard]] std::string pair_verdict(const compared_pair& pair, const comparison& all);

}  // namespace calibrant::detail
