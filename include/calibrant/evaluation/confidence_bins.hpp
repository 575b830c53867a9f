#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include <calibrant/core/bin_edges.hpp>
#include <calibrant/core/float16.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/stats/cell_table.hpp>

namespace calibrant {

/// Whose bins confidences are put into.
enum class confidence_rule {
  textbook,              ///< [e_j, e_{j+1}) of equal width, the last one closed
  torchmetrics,          ///< confidences rounded to float32, torch's float32 edges, 1 in a bin of its own
  torchmetrics_float64,  ///< confidences as stored, torch's float64 edges, 1 in a bin of its own: its binary task
};

/// Scores of N samples, C classes and D places in each sample, anywhere in memory. Strides count elements and may be
/// negative.
template <class T>
struct strided_scores {
  const T* data = nullptr;
  std::size_t samples = 0;
  std::size_t classes = 0;
  std::size_t places = 1;
  std::ptrdiff_t sample_stride = 0;
  std::ptrdiff_t class_stride = 1;
  std::ptrdiff_t place_stride = 0;
};

using position_scores = std::variant<strided_scores<float>, strided_scores<double>, strided_scores<float16>>;

/// What scores of positions are.
enum class position_kind {
  probabilities,         ///< of C classes; need not sum to 1, since only the largest counts
  logits,                ///< of C classes
  positive_probability,  ///< of class 1 of two; C = 1
  positive_logit,        ///< likewise; the probability is 1 / (1 + e^-z)
};

/// N D positions, sample by sample.
struct labelled_positions {
  position_scores scores;
  position_kind kind = position_kind::probabilities;
  std::span<const std::int64_t> labels;   ///< class indices
  std::optional<std::int64_t> ignored{};  ///< the label of positions that do not count
};

/// One bin, as whole numbers. Added entry by entry, over batches, threads or processes in any order, they give the bin
/// of all positions exactly, for up to 2^31 summands. The sum of the confidences is 2^-51 (2^32 high + low).
struct confidence_bin {
  std::int64_t positions = 0;
  std::int64_t hits = 0;  ///< of class 1 (two classes by one number), or right predictions
  std::int64_t high = 0;
  std::int64_t low = 0;  ///< in [0, 2^32) where this process added

  friend bool operator==(const confidence_bin&, const confidence_bin&) = default;
};

/// Bins of the confidence of positions of which no other statistic is asked: the state of a training loop's
/// calibration error.
///
/// Laws: bit-identical for any split, order, thread count or instruction set. Complexity O(N C D). Memory: 32 bytes per
/// bin, and a block of positions per thread; nothing of the scores' size, whatever their strides.
class confidence_bins {
 public:
  /// Throws error (invalid_argument) unless 1 <= bins <= 65536.
  confidence_bins(std::size_t bins, confidence_rule rule);

  /// Throws error: shape_mismatch (labels), invalid_labels, invalid_scores (a probability outside of [0, 1], NaN, a
  /// logit that is +infinity or NaN, all logits -infinity). Nothing is added then.
  void accumulate(const labelled_positions& positions, thread_pool& pool);

  [[nodiscard]] const std::vector<confidence_bin>& bins() const noexcept { return bins_; }

 private:
  bin_edges edges_;
  confidence_rule rule_;
  std::vector<confidence_bin> bins_;
};

/// The same sums as cells of one class, without squares and products, which no calibration error of bins reads.
[[nodiscard]] cell_table cells_of(std::span<const confidence_bin> bins);

}  // namespace calibrant
