#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <calibrant/core/large_vector.hpp>
#include <calibrant/core/weights.hpp>
#include <calibrant/stats/cell_table.hpp>
#include <calibrant/stats/micro_bins.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>
#include <calibrant/stats/state_fields.hpp>

namespace calibrant {

/// Every row's forecast of one event and whether it came true: what sorted metrics are computed from.
///
/// Exact form: 4 bytes a row while every forecast is a float32 number, else 8; 8 more with weights. Above `exact_rows`
/// rows it turns into its bounded form, sums per micro-bin: 64 bytes each (twice that with importance weights, and more
/// with fractional ones). A row of integer frequency weight m counts as m rows, every other row as one. So the form
/// depends on the rows alone, and merged shards equal one pass bit for bit.
///
/// Laws as top_label_cells. Complexity: O(n) to add, O(n log n) to flush.
class forecast_column {
 public:
  /// `micro_bins`: a power of two up to micro_bin_count.
  forecast_column(weight_kind kind, std::uint64_t exact_rows, std::size_t micro_bins)
      : kind_(kind), exact_rows_(exact_rows), micro_bins_(micro_bins) {}

  /// n rows with forecasts p(i) in [0, 1], float or double, outcomes hit(i) and weights > 0 (null: all 1). Flush before
  /// reading, merging or comparing.
  template <class Forecast, class Hit>
  void add(std::size_t n, Forecast&& p, Hit&& hit, const double* weights) {
    using number = std::remove_cvref_t<decltype(p(std::size_t{}))>;
    if (weights == nullptr && weights_.empty() && exact()) {
      bool fit = narrow();  // numbers that float32 holds take half the memory and half the time to sort
      if constexpr (!std::is_same_v<number, float>)
        for (std::size_t i = 0; i < n; ++i) fit &= static_cast<number>(static_cast<float>(p(i))) == p(i);
      if (fit) {
        append(narrow_keys_, n, [&](std::size_t i) { return narrow_key(static_cast<float>(p(i)), hit(i)); });
      } else {
        widen();
        append(wide_keys_, n, [&](std::size_t i) { return wide_key(p(i), hit(i)); });
      }
      sizes_[0] += static_cast<std::int64_t>(n);
      sizes_[1] += static_cast<std::int64_t>(n);
    } else {
      for (std::size_t i = 0; i < n; ++i) add_row(p(i), hit(i), weights == nullptr ? 1.0 : weights[i]);
    }
    if (!exact()) move_into_bounded();
  }
  /// One row of any weight > 0.
  void add_row(double p, bool hit, double weight);
  /// One row whose event came true to a share in [0, 1]: an entry for each of right and wrong, weighted by it.
  void add_soft_row(double p, double share, double weight);
  /// Brings what was added into order.
  void flush();
  /// After a visitor of `fields` has filled the arrays: whether some rows give such a state. If not, do not use it.
  [[nodiscard]] bool restore();
  /// Throws error (state_mismatch) if the weight kind or `exact_rows` differ.
  void require_mergeable(const forecast_column& other) const;
  /// Throws like require_mergeable; both states stay untouched then. Columns in order give a column in order; flush
  /// otherwise. O(n).
  void merge(const forecast_column& other);

  [[nodiscard]] weight_kind weights() const noexcept { return kind_; }
  [[nodiscard]] bool exact() const noexcept { return static_cast<std::uint64_t>(sizes_[0]) <= exact_rows_; }
  [[nodiscard]] bool empty() const noexcept { return sizes_[0] == 0; }

  /// The rows as sorted forecasts. O(n).
  [[nodiscard]] sorted_forecasts sorted() const;

  /// Whether the column is in its exact form and without weights: metrics may then read its entries, in increasing
  /// order of forecasts and one row each, instead of `sorted`.
  [[nodiscard]] bool plain() const noexcept { return exact() && weights_.empty(); }
  [[nodiscard]] std::size_t entries() const noexcept { return static_cast<std::size_t>(sizes_[1]); }
  [[nodiscard]] double forecast(std::size_t i) const noexcept {
    return narrow() ? narrow_forecast(narrow_keys_[i]) : wide_forecast(wide_keys_[i]);
  }
  [[nodiscard]] bool hit(std::size_t i) const noexcept {
    return ((narrow() ? narrow_keys_[i] : wide_keys_[i]) & 1) != 0;
  }

  template <class Visitor>
  void fields(Visitor&& visit) {
    widen();
    describe(*this, wide_keys_, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    if (narrow_keys_.empty())
      describe(*this, wide_keys_, visit);
    else
      describe(*this, widened(), visit);
  }
  friend bool operator==(const forecast_column& a, const forecast_column& b);

 private:
  template <class Self, class Keys, class Visitor>
  static void describe(Self& self, Keys&& keys, Visitor& visit) {
    visit(std::string("sizes"), field_shape{2}, self.sizes_, presence::required);
    const field_shape entries{static_cast<std::size_t>(self.sizes_[1])};
    visit(std::string("keys"), entries, std::forward<Keys>(keys), presence::optional);
    visit(std::string("weights"), entries, self.weights_, presence::optional);
    if (self.exact()) return;
    self.make_bounded();
    const auto prefixed = [&visit](const char* prefix) {
      return [&visit, prefix](std::string_view name, auto&&... rest) {
        visit(std::string(prefix) + std::string(name), std::forward<decltype(rest)>(rest)...);
      };
    };
    self.micro_.fields(prefixed("by_weight."));
    if (self.squared()) self.micro_squared_.fields(prefixed("by_squared_weight."));
  }
  // The bits of a forecast, shifted left by one, plus 1 where it came true: positive, and in the order of forecasts.
  static std::int32_t narrow_key(float p, bool hit) noexcept {
    return (std::bit_cast<std::int32_t>(p) << 1) | static_cast<std::int32_t>(hit);
  }
  static std::int64_t wide_key(double p, bool hit) noexcept {
    return (std::bit_cast<std::int64_t>(p) << 1) | static_cast<std::int64_t>(hit);
  }
  static double narrow_forecast(std::int32_t key) noexcept { return std::bit_cast<float>(key >> 1); }
  static double wide_forecast(std::int64_t key) noexcept { return std::bit_cast<double>(key >> 1); }
  template <class Keys, class Make>
  static void append(Keys& keys, std::size_t n, Make&& make) {
    const std::size_t first = keys.size();
    keys.resize(first + n);
    auto* const to = keys.data() + first;
    for (std::size_t i = 0; i < n; ++i) to[i] = make(i);
  }
  [[nodiscard]] bool narrow() const noexcept { return wide_keys_.empty(); }
  [[nodiscard]] bool squared() const noexcept { return kind_ == weight_kind::importance; }
  [[nodiscard]] double weight(std::size_t i) const noexcept { return weights_.empty() ? 1.0 : weights_[i]; }
  [[nodiscard]] std::vector<std::int64_t> widened() const;
  void widen();
  void add_bounded(double p, bool hit, double weight);
  /// Room for micro-bins, empty where there was none.
  void make_bounded();
  void make_bounded() const noexcept {}
  void move_into_bounded();

  weight_kind kind_;
  std::uint64_t exact_rows_;
  std::size_t micro_bins_;
  std::vector<std::int64_t> sizes_ = {0, 0};  ///< rows; entries
  large_vector<std::int32_t> narrow_keys_;    ///< exact form; either these or wide ones
  std::vector<std::int64_t> wide_keys_;
  std::vector<double> weights_;  ///< of the keys; empty while every weight is 1
  std::size_t in_order_ = 0;     ///< so many of the keys are sorted
  cell_table micro_;             ///< bounded form: one class of micro-bins
  cell_table micro_squared_;     ///< over w^2, with importance weights
};

}  // namespace calibrant
