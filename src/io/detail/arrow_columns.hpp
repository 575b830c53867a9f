#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <calibrant/evaluation/prediction_batch.hpp>

#include "io/detail/arrow_c_abi.hpp"
#include "io/detail/row_keys.hpp"

namespace calibrant::io {

/// What a column of the Arrow C data interface holds, as far as predictions need it.
enum class arrow_kind { float16, float32, float64, integer, boolean, text, integer_codes, other };

/// Kind of a column; `integer_codes` are dictionaries of texts or integers.
[[nodiscard]] arrow_kind kind_of(const ArrowSchema& column);
/// The type in words, for messages.
[[nodiscard]] std::string type_name(const ArrowSchema& column);

/// How the cells of a column of lists are laid out.
enum class list_layout { offsets_32, offsets_64, fixed };
/// The layout of a column of lists; nothing if it is none.
[[nodiscard]] std::optional<list_layout> list_layout_of(const ArrowSchema& column) noexcept;
/// The length of all lists where it is fixed, else 0.
[[nodiscard]] std::size_t fixed_list_length(const ArrowSchema& column) noexcept;
/// Where the values of the list at `row` stand in `column.children[0]`, without the offset of that.
struct list_extent {
  std::int64_t first = 0;
  std::int64_t length = 0;
};
[[nodiscard]] list_extent list_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) noexcept;

/// Copies rows [first, first + rows) of a floating-point column into column k of row-major scores with K columns. Nulls
/// become NaN. T is the type of `out`, at least as wide as the column's; of an integer column it is double.
template <class T>
void copy_scores(const ArrowSchema& type, const ArrowArray& column, std::int64_t first, std::int64_t rows, T* out,
                 std::size_t K);

/// A column of numbers as doubles, null as NaN.
[[nodiscard]] double number_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row);

/// Reads a label, a group and the like: `on_integer`, `on_text` or `on_null` is called with what stands at `row`; a
/// floating-point number as its text, NaN as null.
template <class OnInteger, class OnText, class OnNull>
auto visit_key(const ArrowSchema& type, const ArrowArray& column, std::int64_t row, OnInteger&& on_integer,
               OnText&& on_text, OnNull&& on_null);

/// Whether the value at `row` (counted without the array's own offset) is null.
[[nodiscard]] inline bool is_null(const ArrowArray& column, std::int64_t row) noexcept {
  if (column.null_count == 0 || column.n_buffers == 0 || column.buffers[0] == nullptr) return false;
  const std::int64_t bit = column.offset + row;
  return (static_cast<const std::uint8_t*>(column.buffers[0])[bit / 8] >> (bit % 8) & 1) == 0;
}

/// An integer or boolean of any width; unsigned values beyond int64 wrap to negative ones, which no class is named.
[[nodiscard]] std::int64_t integer_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) noexcept;
[[nodiscard]] std::string_view text_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) noexcept;

template <class OnInteger, class OnText, class OnNull>
auto visit_key(const ArrowSchema& type, const ArrowArray& column, std::int64_t row, OnInteger&& on_integer,
               OnText&& on_text, OnNull&& on_null) {
  if (is_null(column, row)) return on_null();
  switch (kind_of(type)) {
    case arrow_kind::text:
      return on_text(text_at(type, column, row));
    case arrow_kind::integer_codes:
      return visit_key(*type.dictionary, *column.dictionary, integer_at(type, column, row), on_integer, on_text,
                       on_null);
    case arrow_kind::float16:
    case arrow_kind::float32:
    case arrow_kind::float64: {
      const double x = number_at(type, column, row);
      return std::isnan(x) ? on_null() : on_text(std::string_view(fmt::format("{}", x)));
    }
    default:
      return on_integer(integer_at(type, column, row));
  }
}

}  // namespace calibrant::io
