#include <calibrant/metrics/class_table.hpp>

#include <cmath>

#include <calibrant/metrics/classwise_calibration_error.hpp>
#include <calibrant/stats/l1_error_bounds.hpp>

#include "metrics/detail/binned_error.hpp"

namespace calibrant {

namespace {

/// Bonferroni over the classes: together the K intervals hold at the level.
confidence_level level_of_each(confidence_level level, std::size_t classes) {
  return confidence_level(1 - level.alpha() / static_cast<double>(classes));
}

interval_estimate simultaneous_interval(const std::vector<cell_moments>& cells, confidence_level each) {
  return interval_estimate::of(l1_error_interval(cells, each),
                               std::string(detail::l1_method) + ", simultaneous over classes");
}

/// What is known of a class from the rows predicted as it; nothing where there is none.
void put_predicted(class_row& row, const cell& predicted) {
  row.predicted = predicted.weight;
  if (!(predicted.weight > 0)) return;
  row.precision = predicted.hits / predicted.weight;
  row.mean_confidence = predicted.confidence / predicted.weight;
}

}  // namespace

std::vector<class_row> class_table(const top_label_cells& top_label, const classwise_cells& classwise,
                                   confidence_level level, std::size_t first, std::size_t last) {
  const confidence_level each = level_of_each(level, classwise.classes());
  std::vector<class_row> table;
  table.reserve(last - first);
  std::vector<cell_pair> bins;
  std::vector<cell_moments> moments;
  for (std::size_t k = first; k < last; ++k) {
    classwise.class_bins(k, bins);
    const cell column = classwise.column(k).sums;
    moments.clear();
    for (const cell_pair& bin : bins)
      if (!bin.empty()) moments.push_back(bin.moments(column.weight));
    class_row row{.rows = column.hits,
                  .prevalence = column.hits / column.weight,
                  .mean_probability = column.confidence / column.weight,
                  .predicted = {},
                  .precision = {},
                  .mean_confidence = {},
                  .calibration_error = class_calibration_error(bins, column.weight),
                  .uncertainty = simultaneous_interval(moments, each)};
    put_predicted(row, top_label.predicted(k).sums);
    table.push_back(row);
  }
  return table;
}

std::vector<class_row> predicted_class_table(const top_label_cells& top_label, confidence_level level) {
  const std::size_t K = top_label.classes();
  const confidence_level each = level_of_each(level, K);
  std::vector<class_row> table;
  table.reserve(K);
  for (std::size_t k = 0; k < K; ++k) {
    const cell predicted = top_label.predicted(k).sums;
    class_row row{.rows = {},
                  .prevalence = {},
                  .mean_probability = {},
                  .predicted = {},
                  .precision = {},
                  .mean_confidence = {},
                  .calibration_error = {},
                  .uncertainty = interval_estimate::none("the class was never predicted")};
    put_predicted(row, predicted);
    if (predicted.weight > 0) {
      std::vector<cell_moments> moments;
      double error = 0;
      for (std::size_t b = 0; b < top_label.edges().bins(); ++b) {
        const cell_pair pair = top_label.at(k, b);
        if (pair.empty()) continue;
        moments.push_back(pair.moments(predicted.weight));
        error += std::abs(pair.sums.gap) / predicted.weight;
      }
      row.calibration_error = error;
      row.uncertainty = simultaneous_interval(moments, each);
    }
    table.push_back(row);
  }
  return table;
}

}  // namespace calibrant
