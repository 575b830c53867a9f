#include "cli/figure_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace calibrant::cli {
namespace {

constexpr const char* nothing = "-";
constexpr int most_decimals = 8;

std::string fixed(double x, int decimals) {
  std::string text = fmt::format("{:.{}f}", x, decimals);
  // What rounds to zero has no sign.
  if (text[0] == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

}  // namespace

figure_format::figure_format(const metric_entry& entry, const estimate& result)
    : signed_(entry.better == metric_direction::zero) {
  if (entry.units == "probability") {
    scale_ = 100;
    decimals_ = 2;
    unit_ = " %";
  } else if (entry.units == "z") {
    decimals_ = 2;
  } else if (entry.units != "score") {
    unit_ = " " + std::string(entry.units);
  }
  const double magnitude = std::abs(result.value.value.value_or(0)) * scale_;
  if (magnitude > 0 && magnitude < std::pow(10, 1 - decimals_))
    decimals_ = std::min(most_decimals, 2 - static_cast<int>(std::floor(std::log10(magnitude))));
}

std::string figure_format::digits(double x) const {
  const std::string text = fixed(x * scale_, decimals_);
  return signed_ && text[0] != '-' && text.find_first_not_of("0.") != std::string::npos ? '+' + text : text;
}

std::string figure_format::value(const figure& f) const { return f.value ? digits(*f.value) + unit_ : nothing; }

std::string figure_format::range(const interval_estimate& i) const {
  return i.bounds ? digits(i.bounds->lower) + " to " + digits(i.bounds->upper) : nothing;
}

std::string percent_text(std::optional<double> share, int decimals) {
  return share ? fixed(100 * *share, decimals) + " %" : nothing;
}

std::string p_value_text(const figure& p) {
  if (!p.value) return nothing;
  return *p.value < 0.001 ? "< 0.001" : fixed(*p.value, 3);
}

std::string count_text(double count) {
  std::string text = fixed(count, count == std::floor(count) ? 0 : 1);
  const std::size_t first = text[0] == '-' ? 1 : 0;
  for (std::size_t end = std::min(text.find('.'), text.size()); end > first + 3; end -= 3) text.insert(end - 3, 1, ',');
  return text;
}

std::string rows_text(double count) { return count_text(count) + (count == 1 ? " row" : " rows"); }

std::string level_text(double level) { return fmt::format("{:.6g} %", 100 * level); }

}  // namespace calibrant::cli
