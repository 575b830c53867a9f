#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/row_store.hpp>

namespace calibrant {

/// L1 canonical calibration error by kernel density estimation (Popordanoska, Sayer and Blaschko 2022): the mean over
/// rows of ||f_j - p_j||_1, where
///   f_j = sum_{i != j} k(p_j; p_i) e_{y_i} / sum_{i != j} k(p_j; p_i)
/// estimates the probabilities of the labels given the whole vector p_j, and k(x; q) is the density at x of the
/// Dirichlet distribution with parameters q/h + 1. Probabilities count as at least 1e-12 in logarithms. The width h is
/// the one of 13 from 0.001 to 1, four per decade, under which other rows make p_j most likely, on the mean over at
/// most 500 rows (chosen by --seed); it is the detail `bandwidth`.
///
/// Biased: f_j has noise of its own, so a calibrated model has a value above 0. No interval. No value with weights that
/// are not numbers of rows, for fewer than 2 rows, or where n^2 K is above 2e9. Range [0, 2]. O(n^2 K).
[[nodiscard]] estimate kernel_density_error(const row_store& rows, const metric_options& options = {});

}  // namespace calibrant
