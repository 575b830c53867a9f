#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/row_store.hpp>
#include <calibrant/stats/score_sums.hpp>

namespace calibrant {

// The log loss L(p) as calibration + refinement by recalibration (Berta, Holzmüller, Jordan and Bach 2025):
// refinement = L(g(p)) is what is left after the recalibration g, calibration = L(p) - L(g(p)) what g saves.
//
// g is temperature scaling with mixing: g(p) = (1 - v) softmax(beta ln p) + v/K, v = 1/(n + 1) for the n rows it was
// fitted to (stats/temperature_fit.hpp). It is fitted out of fold: each of 5 folds is recalibrated by what was fitted
// to the others. A row's fold is a function of the seed and its probabilities alone, so equal rows share a fold, and
// neither the order of the rows nor of the classes leaves a trace. Hence the calibration part may be negative: then
// there is nothing for a temperature to save. The detail `temperature` is the mean over the folds.
//
// Weights count as everywhere. No value where the rows are not kept (row_store) or the log loss is infinite. O(n K) a
// step of the fit, about 50 of them; 8 n K bytes beside the rows.

/// L(p) - L(g(p)), in nats. Range (-inf, inf).
[[nodiscard]] estimate log_loss_calibration(const row_store& rows, const score_sums& scores,
                                            const metric_options& options = {});
/// L(g(p)), in nats. Range [0, inf).
[[nodiscard]] estimate log_loss_refinement(const row_store& rows, const score_sums& scores,
                                           const metric_options& options = {});

}  // namespace calibrant
