#pragma once

#include <cstddef>
#include <type_traits>
#include <variant>

#include <calibrant/core/float16.hpp>

namespace calibrant {

/// A non-owning n x K matrix of float16, float32 or float64. The columns of one row are contiguous; rows may be
/// any number of bytes apart, also backwards.
template <class T>
struct basic_matrix_view {
  static_assert(std::is_same_v<T, float16> || std::is_same_v<T, float> || std::is_same_v<T, double>);

  const T* data = nullptr;        ///< first element of row 0
  std::size_t rows = 0;           ///< n
  std::size_t columns = 0;        ///< K
  std::ptrdiff_t row_stride = 0;  ///< bytes from one row to the next; may be negative

  /// Rows that follow one another without gaps.
  [[nodiscard]] static basic_matrix_view contiguous(const T* data, std::size_t rows, std::size_t columns) noexcept {
    return {data, rows, columns, static_cast<std::ptrdiff_t>(columns * sizeof(T))};
  }

  [[nodiscard]] const T* row(std::size_t i) const noexcept {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(data) +
                                      static_cast<std::ptrdiff_t>(i) * row_stride);
  }

  /// Rows [first, first + count).
  [[nodiscard]] basic_matrix_view slice(std::size_t first, std::size_t count) const noexcept {
    return {row(first), count, columns, row_stride};
  }
};

/// A matrix view of any of the three element types.
class matrix_view {
 public:
  using variant = std::variant<basic_matrix_view<float>, basic_matrix_view<double>, basic_matrix_view<float16>>;

  matrix_view() = default;
  template <class T>
  matrix_view(basic_matrix_view<T> view) noexcept : view_(view) {}  // NOLINT: implicit on purpose

  [[nodiscard]] std::size_t rows() const noexcept {
    return std::visit([](const auto& v) { return v.rows; }, view_);
  }
  [[nodiscard]] std::size_t columns() const noexcept {
    return std::visit([](const auto& v) { return v.columns; }, view_);
  }
  [[nodiscard]] matrix_view slice(std::size_t first, std::size_t count) const noexcept {
    return std::visit([&](const auto& v) { return matrix_view(v.slice(first, count)); }, view_);
  }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const noexcept {
    return std::visit([&](const auto& v) { return to_double(v.row(row)[column]); }, view_);
  }
  /// Calls `f` with the typed view.
  template <class F>
  decltype(auto) visit(F&& f) const {
    return std::visit(static_cast<F&&>(f), view_);
  }

 private:
  variant view_;
};

}  // namespace calibrant
