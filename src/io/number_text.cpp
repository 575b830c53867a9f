#include "io/detail/number_text.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace calibrant::io {

double out_of_range_value(std::string_view number) noexcept {
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  const std::string_view digits = number.substr(0, mark);
  // An exponent too large for 64 bits is far beyond anything that the digits could outweigh.
  std::int64_t exponent = 0;
  if (mark < number.size()) {
    std::string_view text = number.substr(mark + 1);
    const bool below = text.starts_with('-');
    if (below || text.starts_with('+')) text.remove_prefix(1);
    if (std::from_chars(text.data(), text.data() + text.size(), exponent).ec == std::errc::result_out_of_range)
      exponent = std::numeric_limits<std::int64_t>::max() / 2;
    if (below) exponent = -exponent;
  }
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  const auto leading = static_cast<std::int64_t>(digits.find_first_of("123456789"));
  const double magnitude = point - leading + exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -magnitude : magnitude;
}

}  // namespace calibrant::io
