#pragma once

#include <optional>
#include <vector>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/stats/classwise_cells.hpp>
#include <calibrant/stats/interval.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// One bin of a reliability diagram. An empty bin has count 0 and nothing else.
struct reliability_bin {
  double lower = 0;                  ///< lower edge, inclusive
  double upper = 0;                  ///< upper edge, exclusive but for the last bin
  double count = 0;                  ///< weight of its rows
  std::optional<double> confidence;  ///< mean confidence (class-wise: mean probability of the class)
  std::optional<double> accuracy;    ///< share of correct rows (class-wise: of rows of the class)
  std::optional<interval> bounds;    ///< Clopper-Pearson interval of the accuracy, for this bin alone
};

/// All B bins of the top label (Murphy and Winkler 1977; Guo et al. 2017). Complexity O(K B).
[[nodiscard]] std::vector<reliability_bin> top_label_reliability(const top_label_cells& cells, confidence_level level);

/// All B bins of class k. Complexity O(B).
[[nodiscard]] std::vector<reliability_bin> class_reliability(const classwise_cells& cells, std::size_t k,
                                                             confidence_level level);

}  // namespace calibrant
