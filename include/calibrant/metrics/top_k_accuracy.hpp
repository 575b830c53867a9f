#pragma once

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/label_ranks.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// Share of rows whose label is among the options.top_k largest scores; ties go to the lowest class, so top_k = 1 is
/// the accuracy and top_k >= K gives 1. Range [0, 1]. Interval: Wilson (1927), importance weights with the effective
/// number of rows, which `cells` knows. Empty state: no value. Complexity O(K B).
[[nodiscard]] estimate top_k_accuracy(const label_ranks& ranks, const top_label_cells& cells,
                                      const metric_options& options = {});

}  // namespace calibrant
