#pragma once

#include <cstdint>

namespace calibrant {

/// What every top-label statistic needs to know of a score row; one number per row, structure of arrays. Arrays are
/// owned by the caller and hold as many numbers as there are rows.
struct row_summaries {
  double* confidence;         ///< c = max_k p_k
  std::int32_t* prediction;   ///< lowest k among the largest scores
  double* label_probability;  ///< p_y
  double* total;  ///< sum_k p_k to about 1e-6; for logits 1. Not finite if an entry is NaN or infinite (logits: NaN or
                  ///< +infinity anywhere, or all -infinity)
  double* smallest;     ///< min_k p_k; for logits 0
  double* sum_squares;  ///< sum_k p_k^2
  double* sum_cubes;    ///< sum_k p_k^3, to seven digits
  double* entropy;  ///< -sum_k p_k ln p_k, nats, to seven digits; 0 ln 0 = 0. Of float64 probabilities near 1 it also
  ///< misses up to 2^-24
  double* squared_surprise;  ///< sum_k p_k ln^2 p_k, nats^2, likewise
  double* log_loss;          ///< -ln p_y, nats; +infinity where p_y = 0; from logits logsumexp(z) - z_y
};

}  // namespace calibrant
