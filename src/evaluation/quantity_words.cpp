#include "evaluation/detail/quantity_words.hpp"

#include <cstddef>
#include <cstdio>

namespace calibrant::detail {

std::string digits(const char* format, double x) {
  char text[48];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

std::string quantity(const metric_entry& entry, double x, bool typed) {
  const char* const format = typed ? "%.10g" : "%.3g";
  if (entry.units == "probability") return digits(format, 100 * x) + " %";
  return digits(format, x) + (entry.units == "nats" ? " nats" : "");
}

std::string change_range(const metric_entry& entry, const interval& range) {
  const bool share = entry.units == "probability";
  const double scale = share ? 100 : 1;
  return digits("%.2g", scale * range.lower) + " to " + digits("%.2g", scale * range.upper) +
         (share                   ? " points"
          : entry.units == "nats" ? " nats"
                                  : "");
}

std::string count(double rows) {
  std::string text = digits("%.0f", rows);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

std::string in_percent(double level) { return digits("%.10g", 100 * level) + " %"; }

}  // namespace calibrant::detail
