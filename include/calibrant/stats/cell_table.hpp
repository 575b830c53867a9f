#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <calibrant/core/pending_cell.hpp>
#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/exact_sum.hpp>
#include <calibrant/stats/state_fields.hpp>

namespace calibrant {

/// What one cell says, as real numbers. c is the confidence of a row (class-wise: p_k), a its correctness (class-wise:
/// 1{y = k}). Differences are taken before rounding to double, so they keep their digits where the sums nearly cancel.
struct cell {
  double weight = 0;            ///< W_b = sum w
  double hits = 0;              ///< A_b = sum w a
  double confidence = 0;        ///< C_b = sum w c
  double squares = 0;           ///< S_b = sum w c^2
  double products = 0;          ///< X_b = sum w c a
  double gap = 0;               ///< D_b = C_b - A_b
  double variance = 0;          ///< V_b = sum w c (1 - c) = C_b - S_b
  double squared_residual = 0;  ///< SS_b = sum w (c - a)^2 = S_b - 2 X_b + A_b
};

/// Sums over rows with integer weights: exact integers, 2^-51 the unit of the last three. One cache line.
struct alignas(64) exact_cell {
  std::int64_t weight = 0;
  std::int64_t hits = 0;
  int128 confidence = 0;
  int128 squares = 0;
  int128 products = 0;

  /// `c` in [0, 1]; `weight` an integer below largest_exact_weight.
  void add(double c, bool hit, std::int64_t w) noexcept {
    const int128 q = static_cast<int128>(grids::unit.round(c)) * w;
    weight += w;
    confidence += q;
    squares += static_cast<int128>(grids::unit.round(c * c)) * w;
    hits += hit ? w : 0;
    products += hit ? q : 0;
  }
  void add(const pending_cell& pending) noexcept {
    weight += pending.rows();
    hits += pending.hits();
    confidence += pending.value;
    squares += pending.squares;
    products += pending.products;
  }
  exact_cell& operator+=(const exact_cell& o) noexcept {
    weight += o.weight;
    hits += o.hits;
    confidence += o.confidence;
    squares += o.squares;
    products += o.products;
    return *this;
  }
  exact_cell& operator-=(const exact_cell& o) noexcept {
    weight -= o.weight;
    hits -= o.hits;
    confidence -= o.confidence;
    squares -= o.squares;
    products -= o.products;
    return *this;
  }
  friend bool operator==(const exact_cell&, const exact_cell&) = default;
};
static_assert(sizeof(exact_cell) == 64);

/// Sums over rows with any other weight: compensated doubles.
struct fractional_cell {
  compensated_sum weight;
  compensated_sum hits;
  compensated_sum confidence;
  compensated_sum squares;
  compensated_sum products;

  void add(double c, bool hit, double w) noexcept {
    weight.add(w);
    confidence.add(w * c);
    squares.add(w * (c * c));
    if (!hit) return;
    hits.add(w);
    products.add(w * c);
  }
  /// What the share `a` of a hit adds to the sums of hits.
  void add_hits(double c, double a, double w) noexcept {
    hits.add(w * a);
    products.add(w * c * a);
  }
  fractional_cell& operator+=(const fractional_cell& o) noexcept;
  friend bool operator==(const fractional_cell&, const fractional_cell&) = default;
};

template <>
struct state_word<exact_cell> {
  using type = std::int64_t;
};
template <>
struct state_word<fractional_cell> {
  using type = double;
};

/// The numbers of an exact and a fractional part together.
[[nodiscard]] cell read_cell(const exact_cell& exact, const fractional_cell& fractional) noexcept;
/// The same where no weight was fractional.
[[nodiscard]] cell read_cell(const exact_cell& exact) noexcept;

/// K x B cells, class-major. Fixed memory: 64 K B bytes, and 80 K B more once a fractional weight has been seen.
class cell_table {
 public:
  cell_table() = default;
  cell_table(std::size_t classes, std::size_t bins) : classes_(classes), bins_(bins), exact_(classes * bins) {}

  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] std::size_t bins() const noexcept { return bins_; }
  [[nodiscard]] bool empty() const noexcept { return exact_.empty(); }

  [[nodiscard]] exact_cell& exact(std::size_t k, std::size_t b) noexcept { return exact_[k * bins_ + b]; }
  [[nodiscard]] const exact_cell& exact(std::size_t k, std::size_t b) const noexcept { return exact_[k * bins_ + b]; }
  /// The exact parts of all cells, class k and bin b at k B + b.
  [[nodiscard]] exact_cell* exact_cells() noexcept { return exact_.data(); }
  /// Makes room for fractional weights on first use.
  [[nodiscard]] fractional_cell& fractional(std::size_t k, std::size_t b) {
    if (fractional_.empty()) fractional_.resize(exact_.size());
    return fractional_[k * bins_ + b];
  }
  /// Whether no fractional weight has been seen.
  [[nodiscard]] bool all_exact() const noexcept { return fractional_.empty(); }
  [[nodiscard]] cell read(std::size_t k, std::size_t b) const noexcept {
    return all_exact() ? read_cell(exact(k, b)) : read_cell(exact(k, b), fractional_[k * bins_ + b]);
  }
  /// The fractional part of a cell; zero if no fractional weight has been seen.
  [[nodiscard]] fractional_cell fractional_or_zero(std::size_t k, std::size_t b) const {
    return fractional_.empty() ? fractional_cell{} : fractional_[k * bins_ + b];
  }

  /// One row of confidence c in [0, 1] and any weight w > 0.
  void add(std::size_t k, std::size_t b, double c, bool hit, double w);
  /// One row that is a hit with probability `share`: weight and confidence stay exact where w is, the hits are not.
  void add_share(std::size_t k, std::size_t b, double c, double share, double w) {
    add(k, b, c, false, w);
    fractional(k, b).add_hits(c, share, w);
  }

  /// Adds a table of the same shape.
  void merge(const cell_table& other);

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const cell_table&, const cell_table&) = default;

 private:
  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    const field_shape shape{self.classes_, self.bins_};
    visit("exact", shape, self.exact_, presence::required);
    visit("fractional", shape, self.fractional_, presence::optional);
  }

  std::size_t classes_ = 0;
  std::size_t bins_ = 0;
  std::vector<exact_cell> exact_;
  std::vector<fractional_cell> fractional_;
};

}  // namespace calibrant
