#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/stats/forecast_column.hpp>
#include <calibrant/stats/row_block.hpp>

namespace calibrant {

/// Values n K up to which metrics over sorted class columns are exact, for each exact row of the confidence store:
/// 100,000,000 with its default.
inline constexpr std::uint64_t exact_values_per_exact_row = 50;

/// Micro-bins of one class column in the bounded form: 64 neighbours of stats/micro_bins.hpp are one.
inline constexpr std::size_t class_micro_bin_count = 1024;

/// Every probability p_k with 1{y = k}, class by class: what metrics over sorted class columns share. Laws and forms:
/// forecast_column. Memory of the bounded form: K x 1,024 micro-bins of 64 bytes.
class class_value_store {
 public:
  class_value_store(std::size_t classes, weight_kind kind, std::uint64_t exact_rows);

  /// The block's n x K probabilities in [0, 1] stand at `rows`; T is float, double or float16. Sort before reading,
  /// merging or comparing. O(n K).
  template <class T>
  void accumulate(const T* const* rows, const row_block& block);
  /// Brings every column into order, side by side on the threads of the pool. O(n K).
  void sort(thread_pool& pool);
  /// The same on this thread.
  void flush() {
    for (forecast_column& column : columns_) column.flush();
  }
  /// After a visitor of `fields` has filled the arrays: whether some rows give such a state. If not, do not use it.
  [[nodiscard]] bool restore();
  /// Throws error (state_mismatch) if classes, weight kind or limit differ.
  void require_mergeable(const class_value_store& other) const;
  /// Throws like require_mergeable; both states stay untouched then. O(n K).
  void merge(const class_value_store& other);

  [[nodiscard]] std::size_t classes() const noexcept { return columns_.size(); }
  [[nodiscard]] bool empty() const noexcept { return columns_.empty() || columns_.front().empty(); }
  /// Column k: forecasts of "the label is k".
  [[nodiscard]] const forecast_column& column(std::size_t k) const noexcept { return columns_[k]; }

  template <class Visitor>
  void fields(Visitor&& visit) {
    describe(*this, visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    describe(*this, visit);
  }
  friend bool operator==(const class_value_store&, const class_value_store&) = default;

 private:
  template <class Self, class Visitor>
  static void describe(Self& self, Visitor& visit) {
    for (std::size_t k = 0; k < self.classes(); ++k)
      self.columns_[k].fields([&](const std::string& name, auto&&... rest) {
        visit(std::to_string(k) + "." + name, std::forward<decltype(rest)>(rest)...);
      });
  }

  std::vector<forecast_column> columns_;
};

}  // namespace calibrant
