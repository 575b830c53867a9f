#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <calibrant/core/scores.hpp>

namespace calibrant {

/// Marks a row that whoever made the batch has already refused and recorded; the pass leaves it out.
inline constexpr std::int32_t refused_label = -1;
/// Marks a row whose label is a distribution over the classes.
inline constexpr std::int32_t soft_label = -2;

/// A run of n consecutive rows of one source, as views.
struct prediction_batch {
  scores values;                                   ///< n x K, or n x 1 confidences
  std::span<const std::int32_t> labels;            ///< n class indices in [0, K), refused_label or soft_label; without
                                                   ///< classes 0 if the prediction is right and 1 if it is wrong
  std::span<const double> weights = {};            ///< n, finite and >= 0; empty means that every weight is 1
  std::span<const std::int32_t> groups = {};       ///< n group indices; empty means no groups
  std::size_t source = 0;                          ///< which source the rows come from
  std::uint64_t first_row = 0;                     ///< number of the first row inside its source, counted from 0
  std::span<const std::int32_t> predictions = {};  ///< n predicted classes of confidences; empty without classes
  std::span<const double> label_shares = {};  ///< n x K, read where the label is soft_label; empty without such labels
  std::span<const std::uint64_t> keys = {};   ///< n keys of the rows (row_store::key_of), equal for rows that are to be
                                              ///< drawn together; empty: each row has its own
};

/// What a row of scores is: probabilities or logits of all classes, or the confidence of the predicted one alone.
enum class score_kind { probabilities, logits, top_label };
[[nodiscard]] std::string_view name_of(score_kind kind) noexcept;

enum class score_type { float32, float64, float16 };

/// Memory for one batch, reused from batch to batch. Exactly the vector that `type` names holds the scores, row-major n
/// x K.
struct batch_buffers {
  score_type type = score_type::float32;
  std::vector<float> float32;
  std::vector<double> float64;
  std::vector<float16> float16_;
  std::vector<std::int32_t> labels;
  std::vector<std::int32_t> predictions;  ///< empty unless the input names the predicted class
  std::vector<double> label_shares;       ///< n x K; empty without soft labels
  std::vector<double> weights;            ///< empty without a weight column
  std::vector<std::int32_t> groups;       ///< empty without a group column
  std::vector<std::uint64_t> keys;        ///< empty without an id column
  std::size_t rows = 0;
  std::size_t source = 0;
  std::uint64_t first_row = 0;

  /// Views of the filled buffers, of K or for confidences 1 column. The buffers must outlive the batch.
  [[nodiscard]] prediction_batch batch(score_kind kind, std::size_t classes) const;
};

}  // namespace calibrant
