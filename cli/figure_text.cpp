#include "cli/figure_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <calibrant/figures/number_text.hpp>

namespace calibrant::cli {
namespace {

constexpr const char* nothing = "-";

}  // namespace

std::string percent_text(std::optional<double> share, int decimals) {
  return share ? fixed_text(100 * *share, decimals) + " %" : nothing;
}

std::string count_text(double count) {
  std::string text = fixed_text(count, count == std::floor(count) ? 0 : 1);
  const std::size_t first = text[0] == '-' ? 1 : 0;
  for (std::size_t end = std::min(text.find('.'), text.size()); end > first + 3; end -= 3) text.insert(end - 3, 1, ',');
  return text;
}

std::string rows_text(double count) { return count_text(count) + (count == 1 ? " row" : " rows"); }

std::string level_text(double level) { return fmt::format("{:.6g} %", 100 * level); }

}  // namespace calibrant::cli
