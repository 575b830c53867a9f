#include <calibrant/figures/number_text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace calibrant {
namespace {

/// Decimals with which a share in percent has at least two digits that count.
int decimals_of_percent(double percent) {
  const double magnitude = std::abs(percent);
  if (magnitude == 0 || magnitude >= 1) return 1;
  return std::min(6, 1 - static_cast<int>(std::floor(std::log10(magnitude))));
}

}  // namespace

std::string fixed_text(double x, int decimals) {
  char digits[400];  // the largest double has 309 digits before its point
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, x, std::chars_format::fixed, decimals).ptr);
  if (text[0] == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string coordinate_text(double x) {
  std::string text = fixed_text(x, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string exact_text(double x) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
}

std::string share_text(std::optional<double> share) {
  if (!share) return "-";
  return fixed_text(100 * *share, decimals_of_percent(100 * *share)) + " %";
}

std::string rows_number(double count) {
  std::string text = fixed_text(count, count == std::floor(count) ? 0 : 1);
  for (std::size_t end = std::min(text.find('.'), text.size()); end > 3; end -= 3) text.insert(end - 3, 1, ',');
  return text;
}

std::string short_count(double count) {
  constexpr std::pair<double, const char*> units[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
  for (const auto& [size, name] : units)
    if (count >= size && (size > 1e3 || count >= 1e4)) return coordinate_text(count / size) + name;
  return count >= 1e3 ? rows_number(count) : coordinate_text(count);
}

std::string level_percent(confidence_level level) { return coordinate_text(100 * level.level()) + " %"; }

std::string estimate_sentence(const std::string& name, const estimate& result, confidence_level level, bool percent) {
  if (!result.value.value) return name + ": " + result.value.reason;
  const int decimals = percent ? decimals_of_percent(100 * *result.value.value) : 4;
  const std::string unit = percent ? " %" : "";
  const auto number = [&](double x) { return fixed_text(percent ? 100 * x : x, decimals); };
  const std::string text = name + " " + number(*result.value.value) + unit;
  std::string more;
  if (const std::optional<interval>& bounds = result.uncertainty.bounds)
    more = level_percent(level) + " interval " + number(bounds->lower) + " to " + number(bounds->upper) + unit;
  if (result.expected_if_calibrated.value)
    more += (more.empty() ? "" : "; ") + ("a calibrated model: " + number(*result.expected_if_calibrated.value)) + unit;
  return more.empty() ? text : text + " (" + more + ")";
}

}  // namespace calibrant
