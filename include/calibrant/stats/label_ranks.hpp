#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <calibrant/core/weights.hpp>
#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/stats/row_block.hpp>
#include <calibrant/stats/state_fields.hpp>

namespace calibrant {

/// How often the label had which rank among the scores: 0 where it is the prediction. The rank is the number of classes
/// with a larger score, or an equal score and a lower index. A soft
/// label counts as each class with its share.
///
/// Laws as top_label_cells: integer weights give exact integers, so any split, order or thread count gives the same
/// bits. Complexity O(n K). Memory: fixed, 8 bytes a class (24 with fractional weights).
class label_ranks {
 public:
  label_ranks(std::size_t classes, weight_kind kind) : kind_(kind), exact_(classes) {}

  /// `rows` are the score rows of the block, K entries each, without NaN. T: double, float or float16.
  template <class T>
  void accumulate(const T* const* rows, const row_block& block);
  /// Throws error (state_mismatch) if the number of classes or the weight kind differ.
  void require_mergeable(const label_ranks& other) const;
  /// Throws like require_mergeable; both states stay untouched then.
  void merge(const label_ranks& other);
  /// After a visitor of `fields` has filled the arrays: whether some rows give such a state. If not, do not use it.
  [[nodiscard]] bool valid() const noexcept;

  [[nodiscard]] std::size_t classes() const noexcept { return exact_.size(); }
  /// Weight of the rows whose label is among the k largest scores. O(k).
  [[nodiscard]] double weight_within(std::size_t k) const noexcept;
  [[nodiscard]] double total_weight() const noexcept { return weight_within(classes()); }

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const label_ranks&, const label_ranks&) = default;

 private:
  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    const field_shape shape{self.exact_.size()};
    visit(std::string("by_weight.exact"), shape, self.exact_, presence::required);
    visit(std::string("by_weight.fractional"), shape, self.fractional_, presence::optional);
  }

  void add(std::size_t rank, double weight);

  weight_kind kind_;
  std::vector<std::int64_t> exact_;          ///< weight by rank, of integer weights
  std::vector<compensated_sum> fractional_;  ///< of other weights; empty until the first one
};

}  // namespace calibrant
