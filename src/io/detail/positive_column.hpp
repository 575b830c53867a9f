#pragma once

#include <cstddef>
#include <string>

#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_problems.hpp>

namespace calibrant::io {

/// One column of scores that stands for both of two classes.
struct positive_column {
  std::size_t positive = 1;  ///< its class, 0 or 1
  std::size_t columns = 1;   ///< how many columns the batch has
  std::size_t column = 0;    ///< which of them it is
  std::string name;          ///< for messages
};

/// Replaces the scores of a batch, whose labels are there, by float64 rows of two classes: [1 - p, p], or [0, z] of
/// logits z = ln(p / (1 - p)). Widening first keeps 1 - p exact where p has fewer digits. Probabilities outside [0, 1]
/// refuse their row (an excess over 1 within 1e-6 is left to the pass, which clips it). O(rows).
void expand_positive(const positive_column& from, score_kind kind, batch_buffers& into, row_problems& problems);

}  // namespace calibrant::io
