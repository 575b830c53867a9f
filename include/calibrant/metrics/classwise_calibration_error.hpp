#pragma once

#include <cstddef>
#include <span>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/classwise_cells.hpp>

namespace calibrant {

/// Class-wise ECE, also called static calibration error (Kull et al. 2019; Nixon et al. 2019): the mean over all K
/// classes of
///   CE_k = sum_b (W_bk/W) |mean p_k - frequency of k|   over all rows of column k.
/// Range [0, 1]. The interval takes the classes as independent and the p-value is approximate (K = 2: the two columns
/// mirror each other, so one is tested). Complexity O(K B).
[[nodiscard]] estimate classwise_calibration_error(const classwise_cells& cells, const metric_options& options = {});

/// K times that, as Kull et al. (2019) print it. Range [0, 2] for probabilities.
[[nodiscard]] estimate classwise_calibration_error_sum(const classwise_cells& cells,
                                                       const metric_options& options = {});

/// Marginal calibration error of verified_calibration (Kumar, Liang and Ma 2019) for options.norm = p >= 1,
///   ((1/K) sum_k sum_b (W_bk/W) |mean p_k - frequency of k|^p)^(1/p).
/// Range [0, 1]. p = 1 is classwise_calibration_error. Complexity O(K B).
[[nodiscard]] estimate lp_classwise_calibration_error(const classwise_cells& cells, const metric_options& options = {});

/// The mean of CE_k over the classes that are the label of some row (Nixon et al. 2019 and others leave the rest out).
/// Range [0, 1]. Details: classes, their number. Complexity O(K B).
[[nodiscard]] estimate present_classwise_calibration_error(const classwise_cells& cells,
                                                           const metric_options& options = {});

/// CE_k of one class. Complexity O(B).
[[nodiscard]] double class_calibration_error(const classwise_cells& cells, std::size_t k);
/// The same of the bins of a class, whose rows weigh W.
[[nodiscard]] double class_calibration_error(std::span<const cell_pair> bins, double W);

}  // namespace calibrant
