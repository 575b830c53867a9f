#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/core/scores.hpp>

namespace calibrant {

/// Marks a row that whoever made the batch has already refused and recorded; the pass leaves it out.
inline constexpr std::int32_t refused_label = -1;

/// A run of n consecutive rows of one source, as views.
struct prediction_batch {
  scores values;                              ///< n x K
  std::span<const std::int32_t> labels;       ///< n class indices in [0, K), or refused_label
  std::span<const double> weights = {};       ///< n, finite and >= 0; empty means that every weight is 1
  std::span<const std::int32_t> groups = {};  ///< n group indices; empty means no groups
  std::size_t source = 0;                     ///< which source the rows come from
  std::uint64_t first_row = 0;                ///< number of the first row inside its source, counted from 0
};

enum class score_kind { probabilities, logits };
enum class score_type { float32, float64, float16 };

/// Memory for one batch, reused from batch to batch. Exactly the vector that `type` names holds the scores, row-major n
/// x K.
struct batch_buffers {
  score_type type = score_type::float32;
  std::vector<float> float32;
  std::vector<double> float64;
  std::vector<float16> float16_;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;       ///< empty without a weight column
  std::vector<std::int32_t> groups;  ///< empty without a group column
  std::size_t rows = 0;
  std::size_t source = 0;
  std::uint64_t first_row = 0;

  /// Views of the filled buffers. The buffers must outlive the batch.
  [[nodiscard]] prediction_batch batch(score_kind kind, std::size_t classes) const;
};

}  // namespace calibrant
