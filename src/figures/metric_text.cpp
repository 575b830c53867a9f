#include <calibrant/figures/metric_text.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/figures/number_text.hpp>

namespace calibrant {

metric_text::metric_text(const metric_entry& entry, const estimate& result)
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
    decimals_ = std::min(8, 2 - static_cast<int>(std::floor(std::log10(magnitude))));
}

std::string metric_text::number(double x) const {
  const std::string text = fixed_text(x * scale_, decimals_);
  return signed_ && text[0] != '-' && text.find_first_not_of("0.") != std::string::npos ? '+' + text : text;
}

std::string metric_text::value(const figure& f) const { return f.value ? number(*f.value) + unit_ : "-"; }

std::string metric_text::range(const interval_estimate& e) const {
  return e.bounds ? number(e.bounds->lower) + " to " + number(e.bounds->upper) : "-";
}

std::string p_value_text(const figure& p) {
  if (!p.value) return "-";
  return *p.value < 0.001 ? "< 0.001" : fixed_text(*p.value, 3);
}

}  // namespace calibrant
