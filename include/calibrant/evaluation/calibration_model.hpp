#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/calibrators/training_set.hpp>
#include <calibrant/catalog/calibrator_catalog.hpp>
#include <calibrant/core/class_names.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/automatic_selection.hpp>
#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>

namespace calibrant {

/// The rows that a model has learned from.
struct training_record {
  row_counts counts;  ///< `measured` are those that were learned from
  double weight = 0;  ///< their weights together
  bool weighted = false;
  std::vector<double> class_weights;  ///< K
  std::uint64_t floored = 0;          ///< probabilities that were replaced by the floor, logits of -infinity
  double floor = 0;                   ///< training_set::floor(); 0 in files of before it was kept
  std::vector<source_info> sources;
};

/// A calibrator that has learned: what a model file holds. It maps scores of one kind and of classes in one order.
struct calibration_model {
  const calibrator_entry* method = nullptr;
  class_names classes;
  score_kind kind = score_kind::probabilities;               ///< of the scores it maps; never top_label
  std::vector<std::pair<std::string, std::string>> options;  ///< that were given, by name
  std::shared_ptr<const calibration_map> map;
  fit_report report;
  training_record training;
  std::optional<selection_record> selection = {};  ///< where the method was chosen automatically
};

/// Maps n x K scores; `to` gets n x K numbers, row-major, on the simplex to rounding. Where the method keeps the order
/// of a row, its largest class stays the largest: if rounding makes another one equal, it is raised by one ulp. Every
/// row is mapped on its own, so neither batches nor threads show. Throws error (shape_mismatch) unless the scores are
/// of the model's kind and have K columns; (invalid_scores) naming the first row that breaks the rules of its kind,
/// counted from `first_row`. Returns how many
/// rows get 0 for every class from the map and become uniform. O(n K) and what the map needs.
std::size_t apply_model(const calibration_model& model, const class_scores& from, float* to, thread_pool& pool,
                        std::uint64_t first_row = 0);
std::size_t apply_model(const calibration_model& model, const class_scores& from, double* to, thread_pool& pool,
                        std::uint64_t first_row = 0);

}  // namespace calibrant
