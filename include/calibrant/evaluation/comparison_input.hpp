#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/evaluation/row_outcomes.hpp>
#include <calibrant/evaluation/streaming.hpp>

namespace calibrant {

/// A model of a comparison and where its predictions come from.
struct compared_source {
  std::string name;
  batch_source* source = nullptr;
};

/// What a comparison needs of every model, in the order of the rows of each. The sources are read side by side, batch
/// by batch; where rows are known by position (no ids), labels and weights are compared as they come, and where an id
/// names them nothing is put in order yet. The classes of all are those of the first: columns in another order are
/// moved by name; where the predicted class alone is known, every source may lack some. Throws error: shape_mismatch on
/// other classes, kinds that do not go together or another number of rows; invalid_labels, invalid_weights where a row
/// differs between the models or is refused; no_rows. Memory: row_outcomes and three batches for each source.
[[nodiscard]] std::vector<row_outcomes> gather_outcomes(std::span<const compared_source> models,
                                                        const pass_options& options, thread_pool& pool,
                                                        const progress_callback& progress = {});

}  // namespace calibrant
