#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/evaluation/prediction_batch.hpp>
#include <calibrant/evaluation/row_outcomes.hpp>

namespace calibrant {

/// What to do with a row that cannot be measured.
enum class invalid_policy {
  error,  ///< refuse the data, naming the first such row and how many there are
  skip,   ///< leave the row out and count it by reason
};

struct pass_options {
  invalid_policy on_invalid = invalid_policy::error;
  bool renormalize = false;  ///< divide probability rows by their sum instead of refusing them
};

/// The one pass over the data: rows move in blocks that fit the cache, a kernel turns each block into row summaries,
/// every state eats the summaries, and the class-wise cells eat the block while it is still there.
///
/// Rules of a probability row: every entry finite and in [0, 1] (an excess over 1 within 1e-6 is clipped and counted),
/// |sum - 1| <= 1e-3 (float16: 1e-2). Logits: no NaN, no +infinity, not all -infinity. A confidence: in [0, 1] as an
/// entry of a probability row; of confidences the pass measures what they decide (evaluation_config::measurable).
/// Labels outside [0, K) and weights that are negative or not finite are row problems like these; rows with
/// refused_label are passed over, rows of weight 0 are left out. Complexity O(n K), on all threads of the pool. Memory:
/// per thread one panel state per group, 64 K B bytes and about 1 MB.
class evaluator {
 public:
  evaluator(evaluation_config config, pass_options options, thread_pool& pool);
  evaluator(const evaluator&) = delete;
  evaluator& operator=(const evaluator&) = delete;
  ~evaluator();

  /// Throws error: shape_mismatch if the batch is of another kind, does not have K columns (confidences: 1) or its
  /// arrays differ in length, invalid_argument on a negative group index.
  /// `outcomes`, where given, gets the rows of the batch in their order. It is of the kind of the configuration, which
  /// measures proper_scores where the kind has them.
  void accumulate(const prediction_batch& batch, row_outcomes* outcomes = nullptr);

  /// Rows refused so far, for progress and messages.
  [[nodiscard]] row_problems problems() const;

  /// The state of everything accumulated. `known` are problems that the reader found; `group_names` names the group
  /// indices of the batches (empty: no groups). Throws error if a row was refused and the policy is `error`, if a group
  /// index has no name (shape_mismatch), if every row has weight 0 (invalid_weights) or if no row is left (no_rows).
  [[nodiscard]] evaluation_state finish(std::vector<source_info> sources, const std::vector<std::string>& group_names,
                                        const row_problems& known, bool weighted);

 private:
  class worker;

  evaluation_config config_;
  pass_options options_;
  thread_pool& pool_;
  std::vector<std::unique_ptr<worker>> workers_;
};

}  // namespace calibrant
