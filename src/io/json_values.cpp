#include "io/detail/json_values.hpp"

#include <charconv>
#include <limits>
#include <system_error>

#include "io/detail/number_text.hpp"

namespace calibrant::io {
namespace {

/// The grammar of numbers in RFC 8259, section 6.
bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

[[noreturn]] void fail(simdjson::error_code code) { throw simdjson::simdjson_error(code); }

}  // namespace

std::string_view token_of(simdjson::ondemand::value& value) {
  const std::string_view token = value.raw_json_token();
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::optional<json_kind> kind_of(std::string_view token) noexcept {
  if (token.empty()) return std::nullopt;
  switch (token.front()) {
    case '{':
      return json_kind::object;
    case '[':
      return json_kind::array;
    case '"':
      return json_kind::text;
    case 't':
    case 'f':
      if (token == "true" || token == "false") return json_kind::boolean;
      return std::nullopt;
    case 'n':
      if (token == "null") return json_kind::null;
      return std::nullopt;
    default:
      if (json_number(token)) return json_kind::number;
      return std::nullopt;
  }
}

std::optional<double> json_number(std::string_view token) noexcept {
  if (is_json_number(token)) return parse_number(token);
  if (token == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (token == "Infinity") return std::numeric_limits<double>::infinity();
  if (token == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by deepest_json
void skip_checked(simdjson::ondemand::value& value, std::size_t depth) {
  if (depth > deepest_json) fail(simdjson::DEPTH_ERROR);
  const auto kind = kind_of(token_of(value));
  if (!kind) fail(simdjson::TAPE_ERROR);
  if (kind == json_kind::object) {
    for (auto field : value.get_object()) {
      simdjson::ondemand::value inner = field.value();
      skip_checked(inner, depth + 1);
    }
  } else if (kind == json_kind::array) {
    for (auto element : value.get_array()) {
      simdjson::ondemand::value inner = element.value();
      skip_checked(inner, depth + 1);
    }
  }
}

}  // namespace calibrant::io
