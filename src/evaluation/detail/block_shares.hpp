#pragma once

#include <cstddef>
#include <vector>

#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/stats/row_block.hpp>

#include "evaluation/detail/block_buffers.hpp"
#include "evaluation/detail/soft_labels.hpp"

namespace calibrant::detail {

/// Memory for the soft labels of one block.
class block_shares {
 public:
  /// Gives `rows_of_block` the shares of its rows, made to sum to 1, and makes the summaries that depend on the label
  /// their mean over them. The probabilities of the block stand at `p`; O(rows x K).
  template <class T, class P>
  void apply(const prediction_batch& batch, const block_buffers<T>& block, const P* const* p,
             const evaluation_config& config, row_block& rows_of_block) {
    const std::size_t K = config.classes.size();
    const row_summaries& s = rows_of_block.summaries;
    shares_.resize(block.size() * K);
    rows_.clear();
    for (std::size_t i = 0; i < block.size(); ++i) {
      double* const shares = shares_.data() + i * K;
      normalize(batch.label_shares.data() + block.places[i] * K, shares, K);
      rows_.push_back(shares);
      const expected_terms terms =
          config.kind == score_kind::logits
              ? expected_over_logits(block.rows[i], p[i], shares, K, s.prediction[i], config.log_floor)
              : expected_over_probabilities(p[i], shares, K, config.log_floor);
      s.label_probability[i] = terms.probability;
      s.log_loss[i] = terms.log_loss;
    }
    rows_of_block.label_shares = rows_.data();
  }

 private:
  std::vector<double> shares_;
  std::vector<const double*> rows_;
};

}  // namespace calibrant::detail
