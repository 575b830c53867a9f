#pragma once

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant {

/// Exact interval of a binomial proportion (Clopper & Pearson 1934): covers at least its level for every q.
/// Lower end: the alpha/2 quantile of Beta(x, n - x + 1), 0 at x = 0; upper end: the 1 - alpha/2 quantile of
/// Beta(x + 1, n - x), 1 at x = n; n = 0 gives [0, 1].
/// `comparisons` intervals hold together at `level` when each is taken at alpha / comparisons (Bonferroni); >= 1.
/// `successes` and `trials` are real (weighted counts; importance weights pass the effective number of rows as trials);
/// the guarantee is for whole counts. More than 2^40 trials count as 2^40 of the same proportion: a wider interval.
/// Throws error_code::invalid_argument unless 0 <= successes <= trials < infinity and comparisons >= 1. O(1).
[[nodiscard]] interval clopper_pearson(double successes, double trials, confidence_level level = {},
                                       double comparisons = 1);

}  // namespace calibrant
