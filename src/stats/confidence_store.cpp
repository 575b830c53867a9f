#include <calibrant/stats/confidence_store.hpp>

#include <algorithm>

namespace calibrant {

void confidence_store::accumulate(const row_block& block) {
  sorted_.reset();
  const row_summaries& s = block.summaries;
  if (block.label_shares == nullptr) {
    column_.add(
        block.rows, [&](std::size_t i) { return s.confidence[i]; },
        [&](std::size_t i) { return s.prediction[i] == block.labels[i]; }, block.weights);
    return;
  }
  for (std::size_t i = 0; i < block.rows; ++i)
    column_.add_soft_row(s.confidence[i], std::min(block.label_shares[i][s.prediction[i]], 1.0),
                         block.weights == nullptr ? 1.0 : block.weights[i]);
}

}  // namespace calibrant
