#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace calibrant::io {

/// The value of a decimal number beyond the range of double: a signed infinity or zero.
[[nodiscard]] double out_of_range_value(std::string_view number) noexcept;

/// A decimal number in the notation of C without hexadecimals, independent of the locale: also "nan", "inf" and
/// "infinity" in any case. Blanks around it and one leading '+' are allowed. Values beyond the range of double round to
/// infinity or zero. Nothing if it is none.
[[nodiscard]] inline std::optional<double> parse_number(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (stop != end || text.empty()) return std::nullopt;
  if (problem == std::errc::result_out_of_range) return out_of_range_value(text);
  if (problem != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace calibrant::io
