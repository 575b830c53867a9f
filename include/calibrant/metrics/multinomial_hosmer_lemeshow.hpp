#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/row_store.hpp>

namespace calibrant {

/// Multinomial Hosmer-Lemeshow statistic (Fagerland, Hosmer and Bofin 2008),
///   X2 = sum_g sum_k (O_gk - E_gk)^2 / E_gk,
/// over 10 groups g of equal mass by 1 - p of a reference class, the class of the largest mean probability (the lowest
/// of several); O_gk rows of the group have label k, E_gk is the sum of p_k over it. A class that no row of a group
/// gives a probability adds nothing there.
///
/// The chi-square law of the literature is far too conservative here, because probabilities differ inside groups: the
/// p-value is that of consistency resampling, options.draws draws of every label with the row's probabilities (seeded,
/// by the content of the rows), and the expected value is the mean of the draws. Range [0, inf), unit: a chi-square.
///
/// No value where a label has probability 0 and none of its group does better, with weights that are not numbers of
/// rows, or above 200,000 rows. O(n K log K + draws n log K).
[[nodiscard]] estimate multinomial_hosmer_lemeshow(const row_store& rows, const metric_options& options = {});

}  // namespace calibrant
