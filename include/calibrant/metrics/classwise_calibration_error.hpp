#pragma once

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

/// CE_k of one class. Complexity O(B).
[[nodiscard]] double class_calibration_error(const classwise_cells& cells, std::size_t k);

}  // namespace calibrant
