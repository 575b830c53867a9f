#pragma once

namespace calibrant {

/// What the inference of a binned error needs of one non-empty cell, per unit of weight.
struct cell_moments {
  double weight;              ///< omega_b = W_b / W, the cell's share of all weight
  double rows;                ///< n_b: W_b for frequency weights, W_b^2 / sum w^2 for importance weights; > 0
  double confidence;          ///< C_b / W_b
  double accuracy;            ///< A_b / W_b
  double residual_square;     ///< mean of (c - a)^2 per effective row
  double bernoulli_variance;  ///< V_b / n_b: mean of c (1 - c) per effective row
};

}  // namespace calibrant
