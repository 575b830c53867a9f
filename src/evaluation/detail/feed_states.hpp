#pragma once

#include <calibrant/stats/panel_state.hpp>

namespace calibrant::detail {

/// Sums of unweighted rows that wait for `flush`.
struct pending_sums {
  pending_cells top_label;
  classwise_scratch classwise;

  void flush(panel_state& state) {
    state.top_label.flush(top_label);
    state.classwise.flush(classwise);
  }
};

/// Every state that is measured and is a sum over rows eats the block: its K probabilities stand at `rows`, its scores
/// as they came at `scores`, since probabilities may tie where their logits do not.
template <class P, class T>
void feed_states(panel_state& state, const P* const* rows, const T* const* scores, const row_block& block,
                 pending_sums& pending) {
  if (state.parts.contain(panel_part::proper_scores))
    state.scores.accumulate(block);
  else if (state.parts.contain(panel_part::confidence_scores))
    state.scores.accumulate_confidences(block);
  state.top_label.accumulate(block, pending.top_label);
  if (state.parts.contain(panel_part::classwise)) state.classwise.accumulate(rows, block, pending.classwise);
  if (state.parts.contain(panel_part::confidences)) state.confidences.accumulate(block);
  if (state.parts.contain(panel_part::class_values)) state.class_values.accumulate(rows, block);
  if (state.parts.contain(panel_part::ranks)) state.ranks.accumulate(scores, block);
}

}  // namespace calibrant::detail
