#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <simdjson.h>

namespace calibrant::io {

/// What a JSON value is, as far as predictions need it. NaN, Infinity and -Infinity, which Python's json module writes,
/// are numbers.
enum class json_kind { object, array, text, number, boolean, null };

/// The first token of a value without blanks: a whole scalar, or a bracket. Leaves the value where it is.
[[nodiscard]] std::string_view token_of(simdjson::ondemand::value& value);

/// Kind of the value that begins with a token; nothing if the token begins no JSON value.
[[nodiscard]] std::optional<json_kind> kind_of(std::string_view token) noexcept;

/// A number: any that JSON allows (beyond the range of double: infinity or zero), NaN, Infinity, -Infinity. Nothing if
/// the token is none.
[[nodiscard]] std::optional<double> json_number(std::string_view token) noexcept;

inline constexpr std::size_t deepest_json = 64;  ///< levels of a record that are read

/// Walks over a value `depth` levels below the root and checks all of it but the escapes of its texts. Throws
/// simdjson::simdjson_error.
void skip_checked(simdjson::ondemand::value& value, std::size_t depth);

}  // namespace calibrant::io
