#pragma once

#include <cstdint>

#include <calibrant/core/computed_once.hpp>
#include <calibrant/stats/forecast_column.hpp>
#include <calibrant/stats/row_block.hpp>

namespace calibrant {

/// Rows up to which sorted metrics are exact, unless said otherwise.
inline constexpr std::uint64_t default_exact_rows = 2'000'000;

/// Every row's top-label confidence and whether the prediction was right: the one store, with one sort, that all
/// metrics over sorted confidences share. Laws, forms and memory: forecast_column; its bounded form takes 4 MB.
class confidence_store {
 public:
  explicit confidence_store(weight_kind kind, std::uint64_t exact_rows = default_exact_rows)
      : column_(kind, exact_rows, micro_bin_count) {}

  /// Confidences in [0, 1]. Flush before reading, merging or comparing.
  void accumulate(const row_block& block);
  void flush() { column_.flush(); }
  [[nodiscard]] bool restore() { return column_.restore(); }
  void require_mergeable(const confidence_store& other) const { column_.require_mergeable(other.column_); }
  void merge(const confidence_store& other) {
    sorted_.reset();
    column_.merge(other.column_);
  }

  [[nodiscard]] bool exact() const noexcept { return column_.exact(); }
  [[nodiscard]] bool empty() const noexcept { return column_.empty(); }
  /// The rows as sorted forecasts of "the prediction is right"; computed once and kept. O(n).
  [[nodiscard]] const sorted_forecasts& sorted() const {
    return sorted_.get([this] { return column_.sorted(); });
  }

  template <class Visitor>
  void fields(Visitor&& visit) {
    sorted_.reset();
    column_.fields(visit);
  }
  template <class Visitor>
  void fields(Visitor&& visit) const {
    column_.fields(visit);
  }
  friend bool operator==(const confidence_store&, const confidence_store&) = default;

 private:
  forecast_column column_;
  computed_once<sorted_forecasts> sorted_;
};

}  // namespace calibrant
