#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <calibrant/core/weights.hpp>
#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/exact_sum.hpp>
#include <calibrant/stats/row_block.hpp>
#include <calibrant/stats/state_fields.hpp>

namespace calibrant {

/// What is summed per row. p is the row, y its label, c its confidence, H its entropy.
enum class score_field : std::size_t {
  weight,                  ///< 1
  infinite_loss,           ///< 1 if the loss is infinite or above largest_finite_loss
  floored_loss,            ///< 1 if the log floor applied
  log_loss,                ///< -ln max(p_y, floor), nats; rows of infinite loss count 0
  squared_log_loss,        ///< its square; losses above 2048 nats enter squared as well, exactly
  brier,                   ///< sum_k (p_k - 1{y = k})^2
  squared_brier,           ///< its square
  entropy,                 ///< H = -sum_k p_k ln p_k: the log loss expected under calibration
  surprise_variance,       ///< sum_k p_k ln^2 p_k - H^2: the variance of the log loss under calibration
  expected_brier,          ///< 1 - sum_k p_k^2: the Brier score expected under calibration
  brier_variance,          ///< 4 (sum_k p_k^3 - (sum_k p_k^2)^2): the variance of the Brier score under calibration
  spiegelhalter_variance,  ///< (1 - 2c)^2 c (1 - c)
};
inline constexpr std::size_t score_field_count = 12;

/// A larger loss counts as infinite: squares of losses up to this one fit 128 bits for 2^36 rows.
inline constexpr double largest_finite_loss = 0x1p30;

/// Sums of proper scores and of what they are expected to be under calibration.
///
/// Laws as top_label_cells: integer weights give exact integers, so any split, order or thread count gives the same
/// bits. Complexity O(n). Memory: fixed.
class score_sums {
 public:
  /// `log_floor` in (0, 1): losses use max(p_y, log_floor). Absent: no clipping, and p_y = 0 is an infinite loss.
  /// Throws error (invalid_argument) on another floor.
  explicit score_sums(weight_kind kind, std::optional<double> log_floor = std::nullopt);

  void accumulate(const row_block& block);
  /// The same where only the confidences of the summaries are known: of the fields `weight` and
  /// `spiegelhalter_variance`; the others stay as they are.
  void accumulate_confidences(const row_block& block);
  /// Throws error (state_mismatch) if the weight kind or the log floor differ.
  void require_mergeable(const score_sums& other) const;
  /// Throws like require_mergeable; both states stay untouched then.
  void merge(const score_sums& other);

  [[nodiscard]] weight_kind weights() const noexcept { return kind_; }
  [[nodiscard]] std::optional<double> log_floor() const noexcept { return log_floor_; }
  /// Rows seen, each counted once whatever its weight.
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_[0]; }
  /// Rows whose weight was not 1.
  [[nodiscard]] std::int64_t weighted_rows() const noexcept { return rows_[1]; }

  /// sum_i w_i x_i.
  [[nodiscard]] double sum(score_field field) const noexcept { return by_weight_.value(field); }
  /// sum_i v_i x_i with v = w^2 for importance weights and w for frequency weights: what variances need.
  [[nodiscard]] double variance_sum(score_field field) const noexcept {
    return kind_ == weight_kind::importance ? by_squared_weight_.value(field) : by_weight_.value(field);
  }
  /// W = sum w.
  [[nodiscard]] double total_weight() const noexcept { return sum(score_field::weight); }
  /// W for frequency weights, W^2 / sum w^2 for importance weights.
  [[nodiscard]] double effective_rows() const noexcept {
    return total_weight() * (total_weight() / variance_sum(score_field::weight));
  }

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const score_sums&, const score_sums&) = default;

 private:
  struct totals {
    std::vector<int128> exact = std::vector<int128>(score_field_count);
    std::vector<compensated_sum> fractional;  ///< empty until the first fractional weight

    [[nodiscard]] double value(score_field field) const noexcept;
    void merge(const totals& other);
    friend bool operator==(const totals&, const totals&) = default;
  };
  struct block_values;

  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    const field_shape shape{score_field_count};
    visit(std::string("rows"), field_shape{2}, self.rows_, presence::required);
    visit(std::string("by_weight.exact"), shape, self.by_weight_.exact, presence::required);
    visit(std::string("by_weight.fractional"), shape, self.by_weight_.fractional, presence::optional);
    if (self.kind_ != weight_kind::importance) return;
    visit(std::string("by_squared_weight.exact"), shape, self.by_squared_weight_.exact, presence::required);
    visit(std::string("by_squared_weight.fractional"), shape, self.by_squared_weight_.fractional, presence::optional);
  }
  void add(const row_block& block, bool whole_rows);
  void fill(const row_block& block, std::size_t first, std::size_t count, block_values& values) const;
  static void add_weighted(totals& into, const block_values& values, std::size_t row, double weight);

  weight_kind kind_;
  std::optional<double> log_floor_;
  std::vector<std::int64_t> rows_ = {0, 0};  ///< rows, rows whose weight was not 1
  totals by_weight_;
  totals by_squared_weight_;  ///< all zero for frequency weights
};

}  // namespace calibrant
