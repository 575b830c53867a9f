#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <calibrant/core/confidence_level.hpp>
#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/classwise_cells.hpp>
#include <calibrant/stats/top_label_cells.hpp>

namespace calibrant {

/// What is known of one class. Weighted data: every count is a weight. Of confidences alone only what the rows
/// predicted as the class tell is known.
struct class_row {
  std::optional<double> rows;              ///< rows whose label is the class
  std::optional<double> prevalence;        ///< their share
  std::optional<double> mean_probability;  ///< mean of p_k over all rows
  double predicted = 0;                    ///< rows predicted as the class
  std::optional<double> precision;         ///< share of those that are right; none if the class was never predicted
  std::optional<double> mean_confidence;   ///< mean confidence of those
  /// Class-wise error CE_k = sum_b (W_bk/W) |mean p_k - frequency|; of confidences alone the error of the rows
  /// predicted as the class, sum_b (W_kb/W_k) |conf_kb - acc_kb|, none if there are none.
  std::optional<double> calibration_error;
  interval_estimate uncertainty;  ///< of calibration_error, simultaneous over the K classes
};

/// The rows of the classes [first, last), in the order of the columns. The state must not be empty. Complexity O(B) per
/// class.
[[nodiscard]] std::vector<class_row> class_table(const top_label_cells& top_label, const classwise_cells& classwise,
                                                 confidence_level level, std::size_t first, std::size_t last);

/// All classes, of what top-label cells know. Complexity O(K B).
[[nodiscard]] std::vector<class_row> predicted_class_table(const top_label_cells& top_label, confidence_level level);

}  // namespace calibrant
