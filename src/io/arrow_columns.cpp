#include "io/detail/arrow_columns.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <type_traits>

namespace calibrant::io {
namespace {

template <class T>
const T* values(const ArrowArray& column) noexcept {
  return static_cast<const T*>(column.buffers[1]) + column.offset;
}

/// Widens a value to the type of the scores.
template <class To, class From>
To widen(From x) noexcept {
  if constexpr (std::is_same_v<To, From>)
    return x;
  else
    return static_cast<To>(to_double(x));
}

template <class T>
T not_a_number() noexcept {
  if constexpr (std::is_same_v<T, float16>)
    return float16{0x7e00};
  else
    return std::numeric_limits<T>::quiet_NaN();
}

template <class T, class From>
void copy_typed(const ArrowArray& column, std::int64_t first, std::int64_t rows, T* out, std::size_t K) {
  const From* const from = values<From>(column) + first;
  for (std::int64_t i = 0; i < rows; ++i) out[static_cast<std::size_t>(i) * K] = widen<T>(from[i]);
  if (column.null_count == 0 || column.buffers[0] == nullptr) return;
  for (std::int64_t i = 0; i < rows; ++i)
    if (is_null(column, first + i)) out[static_cast<std::size_t>(i) * K] = not_a_number<T>();
}

template <class Offset>
std::string_view text_of(const ArrowArray& column, std::int64_t row) noexcept {
  const Offset* const offsets = values<Offset>(column) + row;
  return {static_cast<const char*>(column.buffers[2]) + offsets[0], static_cast<std::size_t>(offsets[1] - offsets[0])};
}

/// A text of at most 12 bytes stands in its view, a longer one in one of the data buffers.
std::string_view text_of_view(const ArrowArray& column, std::int64_t row) noexcept {
  struct view {
    std::int32_t length;
    char start[4];
    std::int32_t buffer;
    std::int32_t offset;
  };
  static_assert(sizeof(view) == 16);
  const view& text = values<view>(column)[row];
  const auto length = static_cast<std::size_t>(text.length);
  if (length <= 12) return {text.start, length};
  return {static_cast<const char*>(column.buffers[2 + text.buffer]) + text.offset, length};
}

}  // namespace

arrow_kind kind_of(const ArrowSchema& column) {
  const std::string_view format = column.format;
  if (column.dictionary != nullptr) {
    const arrow_kind inner = kind_of(*column.dictionary);
    return inner == arrow_kind::text || inner == arrow_kind::integer ? arrow_kind::integer_codes : arrow_kind::other;
  }
  if (format == "e") return arrow_kind::float16;
  if (format == "f") return arrow_kind::float32;
  if (format == "g") return arrow_kind::float64;
  if (format == "b") return arrow_kind::boolean;
  if (format == "u" || format == "U" || format == "vu") return arrow_kind::text;
  if (format.size() == 1 && std::string_view("cCsSiIlL").find(format[0]) != std::string_view::npos)
    return arrow_kind::integer;
  return arrow_kind::other;
}

std::string type_name(const ArrowSchema& column) {
  switch (kind_of(column)) {
    case arrow_kind::float16:
      return "float16";
    case arrow_kind::float32:
      return "float32";
    case arrow_kind::float64:
      return "float64";
    case arrow_kind::integer:
      return "integer";
    case arrow_kind::boolean:
      return "boolean";
    case arrow_kind::text:
      return "text";
    case arrow_kind::integer_codes:
      return "dictionary";
    case arrow_kind::other:
      break;
  }
  if (list_layout_of(column) && column.n_children == 1) return "lists of " + type_name(*column.children[0]);
  return "Arrow type \"" + std::string(column.format) + "\"";
}

std::optional<list_layout> list_layout_of(const ArrowSchema& column) noexcept {
  const std::string_view format = column.format;
  if (format == "+l") return list_layout::offsets_32;
  if (format == "+L") return list_layout::offsets_64;
  if (format.starts_with("+w:")) return list_layout::fixed;
  return std::nullopt;
}

std::size_t fixed_list_length(const ArrowSchema& column) noexcept {
  const std::string_view format = column.format;
  std::size_t length = 0;
  if (format.starts_with("+w:")) std::from_chars(format.data() + 3, format.data() + format.size(), length);
  return length;
}

list_extent list_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) noexcept {
  switch (*list_layout_of(type)) {
    case list_layout::offsets_32: {
      const auto* const offsets = values<std::int32_t>(column) + row;
      return {offsets[0], offsets[1] - offsets[0]};
    }
    case list_layout::offsets_64: {
      const auto* const offsets = values<std::int64_t>(column) + row;
      return {offsets[0], offsets[1] - offsets[0]};
    }
    case list_layout::fixed:
      break;
  }
  const auto length = static_cast<std::int64_t>(fixed_list_length(type));
  return {(column.offset + row) * length, length};
}

template <class T>
void copy_scores(const ArrowSchema& type, const ArrowArray& column, std::int64_t first, std::int64_t rows, T* out,
                 std::size_t K) {
  switch (kind_of(type)) {
    case arrow_kind::float16:
      return copy_typed<T, float16>(column, first, rows, out, K);
    case arrow_kind::float32:
      if constexpr (!std::is_same_v<T, float16>) copy_typed<T, float>(column, first, rows, out, K);
      return;
    case arrow_kind::integer:
      if constexpr (std::is_same_v<T, double>)
        for (std::int64_t i = 0; i < rows; ++i)
          out[static_cast<std::size_t>(i) * K] = number_at(type, column, first + i);
      return;
    default:
      if constexpr (std::is_same_v<T, double>) copy_typed<T, double>(column, first, rows, out, K);
  }
}

template void copy_scores(const ArrowSchema&, const ArrowArray&, std::int64_t, std::int64_t, float*, std::size_t);
template void copy_scores(const ArrowSchema&, const ArrowArray&, std::int64_t, std::int64_t, double*, std::size_t);
template void copy_scores(const ArrowSchema&, const ArrowArray&, std::int64_t, std::int64_t, float16*, std::size_t);

double number_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) {
  if (is_null(column, row)) return std::numeric_limits<double>::quiet_NaN();
  switch (kind_of(type)) {
    case arrow_kind::float16:
      return to_double(values<float16>(column)[row]);
    case arrow_kind::float32:
      return to_double(values<float>(column)[row]);
    case arrow_kind::float64:
      return values<double>(column)[row];
    default:
      return static_cast<double>(integer_at(type, column, row));
  }
}

std::int64_t integer_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) noexcept {
  switch (type.format[0]) {
    case 'b': {
      const std::int64_t bit = column.offset + row;
      return static_cast<const std::uint8_t*>(column.buffers[1])[bit / 8] >> (bit % 8) & 1;
    }
    case 'c':
      return values<std::int8_t>(column)[row];
    case 'C':
      return values<std::uint8_t>(column)[row];
    case 's':
      return values<std::int16_t>(column)[row];
    case 'S':
      return values<std::uint16_t>(column)[row];
    case 'i':
      return values<std::int32_t>(column)[row];
    case 'I':
      return values<std::uint32_t>(column)[row];
    case 'L':
      return static_cast<std::int64_t>(values<std::uint64_t>(column)[row]);
    default:
      return values<std::int64_t>(column)[row];
  }
}

std::string_view text_at(const ArrowSchema& type, const ArrowArray& column, std::int64_t row) noexcept {
  if (type.format[0] == 'v') return text_of_view(column, row);
  return type.format[0] == 'U' ? text_of<std::int64_t>(column, row) : text_of<std::int32_t>(column, row);
}

}  // namespace calibrant::io
