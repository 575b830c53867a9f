#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/large_vector.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>

namespace calibrant {

/// What a comparison needs of one model on every row, in the order of its rows; a pass fills it beside its state
/// (evaluator::accumulate). The K scores of a row are not kept. Memory: 13 bytes a row, 24 more for the scores that
/// need all classes, 8 for weights, 16 for ids.
struct row_outcomes {
  enum class result : std::uint8_t {
    left_out,  ///< the pass could not use the row, or its weight is 0
    wrong,
    right,
  };

  std::string name;  ///< of the model, its file for example
  score_kind kind = score_kind::probabilities;
  class_names classes = class_names::none();
  std::vector<source_info> sources = {};
  row_counts counts = {};

  large_vector<result> results = {};
  large_vector<double> confidence = {};
  large_vector<double> label_probability = {};  ///< this and the next two: empty where confidences alone are known
  large_vector<double> sum_squares = {};
  large_vector<double> log_loss = {};
  large_vector<std::int32_t> labels = {};
  large_vector<double> weights = {};        ///< empty: every weight is 1
  large_vector<std::uint64_t> keys = {};    ///< of the ids (row_store::key_of); empty: rows are known by position
  large_vector<std::uint64_t> places = {};  ///< beside keys: the number of the row in its source

  [[nodiscard]] std::size_t rows() const noexcept { return results.size(); }
  [[nodiscard]] bool has_scores() const noexcept { return kind != score_kind::top_label; }
  /// The number of a row in its source, counted from 0.
  [[nodiscard]] std::uint64_t place(std::size_t row) const noexcept { return places.empty() ? row : places[row]; }

  /// Room for the rows of a batch, all of them left out as yet. Throws error (invalid_labels) on a label that is a
  /// distribution, (shape_mismatch) where some batches have weights or keys and others none.
  void begin(const prediction_batch& batch);
  /// Keeps the rows `kept`, in this order.
  void keep(const std::vector<std::size_t>& kept);
};

}  // namespace calibrant
