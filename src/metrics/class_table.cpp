#include <calibrant/metrics/class_table.hpp>

#include <cmath>

#include <calibrant/metrics/classwise_calibration_error.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>

#include "metrics/detail/binned_error.hpp"

namespace calibrant {

std::vector<class_row> class_table(const top_label_cells& top_label, const classwise_cells& classwise,
                                   confidence_level level) {
  const std::size_t K = classwise.classes();
  // Bonferroni over the classes: together the K intervals hold at the level.
  const confidence_level each(1 - level.alpha() / static_cast<double>(K));
  std::vector<class_row> table;
  table.reserve(K);
  for (std::size_t k = 0; k < K; ++k) {
    const cell column = classwise.column(k).sums;
    const cell predicted = top_label.predicted(k).sums;
    class_row row{
        .rows = column.hits,
        .prevalence = column.hits / column.weight,
        .mean_probability = column.confidence / column.weight,
        .predicted = predicted.weight,
        .precision = {},
        .mean_confidence = {},
        .calibration_error = class_calibration_error(classwise, k),
        .uncertainty = interval_estimate::of(l1_error_interval(classwise.class_moments(k, column.weight), each),
                                             std::string(detail::l1_method) + ", simultaneous over classes")};
    if (predicted.weight > 0) {
      row.precision = predicted.hits / predicted.weight;
      row.mean_confidence = predicted.confidence / predicted.weight;
    }
    table.push_back(row);
  }
  return table;
}

std::vector<class_row> predicted_class_table(const top_label_cells& top_label, confidence_level level) {
  const std::size_t K = top_label.classes();
  const confidence_level each(1 - level.alpha() / static_cast<double>(K));
  std::vector<class_row> table;
  table.reserve(K);
  for (std::size_t k = 0; k < K; ++k) {
    const cell predicted = top_label.predicted(k).sums;
    class_row row{.rows = {},
                  .prevalence = {},
                  .mean_probability = {},
                  .predicted = predicted.weight,
                  .precision = {},
                  .mean_confidence = {},
                  .calibration_error = {},
                  .uncertainty = interval_estimate::none("the class was never predicted")};
    if (predicted.weight > 0) {
      row.precision = predicted.hits / predicted.weight;
      row.mean_confidence = predicted.confidence / predicted.weight;
      std::vector<cell_moments> moments;
      double error = 0;
      for (std::size_t b = 0; b < top_label.edges().bins(); ++b) {
        const cell_pair pair = top_label.at(k, b);
        if (pair.empty()) continue;
        moments.push_back(pair.moments(predicted.weight));
        error += std::abs(pair.sums.gap) / predicted.weight;
      }
      row.calibration_error = error;
      row.uncertainty = interval_estimate::of(l1_error_interval(moments, each),
                                              std::string(detail::l1_method) + ", simultaneous over classes");
    }
    table.push_back(row);
  }
  return table;
}

}  // namespace calibrant
