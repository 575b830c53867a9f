#pragma once

#include <string>
#include <utility>

#include <calibrant/core/bin_edges.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/stats/cell_moments.hpp>
#include <calibrant/stats/cell_table.hpp>

namespace calibrant {

/// A cell summed over w, and the same cell summed over what variances of weighted sums need: w for frequency weights,
/// w^2 for importance weights. With v for the second: effective rows n = W^2 / v.weight; mean squared residual and mean
/// c(1-c) of one effective row are v.squared_residual / v.weight and v.variance / v.weight.
struct cell_pair {
  cell sums;
  cell variance_sums;

  [[nodiscard]] bool empty() const noexcept { return !(sums.weight > 0); }
  [[nodiscard]] double effective_rows() const noexcept { return sums.weight * (sums.weight / variance_sums.weight); }
  /// Share of `total_weight`, and everything per effective row. The cell must not be empty.
  [[nodiscard]] cell_moments moments(double total_weight) const noexcept;
};

/// K x B cells over w and, for importance weights only, over w^2 too: what top-label and class-wise cells have in
/// common.
class weighted_cells {
 public:
  weighted_cells(std::size_t classes, bin_edges edges, weight_kind kind);

  [[nodiscard]] std::size_t classes() const noexcept { return by_weight.classes(); }
  [[nodiscard]] std::size_t bins() const noexcept { return by_weight.bins(); }
  [[nodiscard]] bool squared() const noexcept { return kind == weight_kind::importance; }

  void add(std::size_t k, std::size_t b, double c, bool hit, double w) {
    by_weight.add(k, b, c, hit, w);
    if (squared()) by_squared_weight.add(k, b, c, hit, w * w);
  }
  void add_share(std::size_t k, std::size_t b, double c, double share, double w) {
    by_weight.add_share(k, b, c, share, w);
    if (squared()) by_squared_weight.add_share(k, b, c, share, w * w);
  }
  /// Throws error (state_mismatch) if classes, edges or weight kind differ.
  void require_mergeable(const weighted_cells& other) const;
  void merge(const weighted_cells& other);

  /// Evaluates `read` on each table: read(const cell_table&) -> cell.
  template <class Read>
  [[nodiscard]] cell_pair read(Read&& read_table) const {
    cell_pair pair;
    pair.sums = read_table(by_weight);
    pair.variance_sums = squared() ? read_table(by_squared_weight) : pair.sums;
    return pair;
  }

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const weighted_cells&, const weighted_cells&) = default;

  bin_edges edges;
  weight_kind kind;
  cell_table by_weight;
  cell_table by_squared_weight;  ///< without cells for frequency weights

 private:
  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    const auto prefixed = [&](const char* prefix) {
      return [&visit, prefix](std::string_view name, auto&&... rest) {
        visit(std::string(prefix) + std::string(name), std::forward<decltype(rest)>(rest)...);
      };
    };
    self.by_weight.fields(prefixed("by_weight."));
    if (self.squared()) self.by_squared_weight.fields(prefixed("by_squared_weight."));
  }
};

}  // namespace calibrant
