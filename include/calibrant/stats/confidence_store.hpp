#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <calibrant/core/computed_once.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/stats/cell_table.hpp>
#include <calibrant/stats/micro_bins.hpp>
#include <calibrant/stats/row_block.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>
#include <calibrant/stats/state_fields.hpp>

namespace calibrant {

/// Rows up to which sorted metrics are exact, unless said otherwise.
inline constexpr std::uint64_t default_exact_rows = 2'000'000;

/// Every row's top-label confidence and whether the prediction was right: the one store that all sorted metrics share.
///
/// Exact form: 8 bytes a row, 16 with weights. Above `exact_rows` rows it turns into its bounded form, sums per
/// micro-bin: 4 MB (twice that with importance weights, and more with fractional ones). A row of integer frequency
/// weight m counts as m rows, every other row as one. So the form depends on the rows alone, and merged shards equal
/// one pass bit for bit.
///
/// Laws as top_label_cells. Complexity: O(n) to accumulate, O(n log n) to flush.
class confidence_store {
 public:
  explicit confidence_store(weight_kind kind, std::uint64_t exact_rows = default_exact_rows)
      : kind_(kind), exact_rows_(exact_rows) {}

  /// Confidences in [0, 1]. Flush before reading, merging or comparing.
  void accumulate(const row_block& block);
  /// Brings what was accumulated into order.
  void flush();
  /// Throws error (state_mismatch) if the weight kind or `exact_rows` differ.
  void require_mergeable(const confidence_store& other) const;
  /// Throws like require_mergeable; both states stay untouched then. O(n).
  void merge(const confidence_store& other);

  /// After a visitor of `fields` has filled the arrays: whether some rows give such a state. If not, do not use it.
  [[nodiscard]] bool restore();

  [[nodiscard]] weight_kind weights() const noexcept { return kind_; }
  [[nodiscard]] std::uint64_t exact_rows() const noexcept { return exact_rows_; }
  [[nodiscard]] bool exact() const noexcept { return static_cast<std::uint64_t>(sizes_[0]) <= exact_rows_; }
  [[nodiscard]] bool empty() const noexcept { return sizes_[0] == 0; }

  /// The rows as sorted forecasts of "the prediction is right"; computed once and kept. O(n).
  [[nodiscard]] const sorted_forecasts& sorted() const;

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const confidence_store&, const confidence_store&) = default;

 private:
  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    visit(std::string("sizes"), field_shape{2}, self.sizes_, presence::required);
    const field_shape entries{static_cast<std::size_t>(self.sizes_[1])};
    visit(std::string("keys"), entries, self.keys_, presence::optional);
    visit(std::string("weights"), entries, self.weights_, presence::optional);
    if (self.exact()) return;
    self.make_bounded();
    const auto prefixed = [&visit](const char* prefix) {
      return [&visit, prefix](std::string_view name, auto&&... rest) {
        visit(std::string(prefix) + std::string(name), rest...);
      };
    };
    self.micro_.fields(prefixed("by_weight."));
    if (self.squared()) self.micro_squared_.fields(prefixed("by_squared_weight."));
  }
  [[nodiscard]] bool squared() const noexcept { return kind_ == weight_kind::importance; }
  void add(double confidence, bool hit, double weight);
  void add_bounded(double confidence, bool hit, double weight);
  /// Room for micro-bins, empty where there was none.
  void make_bounded();
  void make_bounded() const noexcept {}
  void move_into_bounded();
  void fill_weights();
  [[nodiscard]] sorted_forecasts sort() const;

  weight_kind kind_;
  std::uint64_t exact_rows_;
  std::vector<std::int64_t> sizes_ = {0, 0};  ///< rows; entries of `keys_`
  /// Exact form: the bits of the confidence, shifted left by one, plus 1 where the prediction was right. Their order is
  /// that of confidences.
  std::vector<std::int64_t> keys_;
  std::vector<double> weights_;  ///< of the keys; empty while every weight is 1
  std::size_t in_order_ = 0;     ///< so many of the keys are sorted
  cell_table micro_;             ///< bounded form: one class of micro-bins
  cell_table micro_squared_;     ///< over w^2, with importance weights
  computed_once<sorted_forecasts> sorted_;
};

}  // namespace calibrant
