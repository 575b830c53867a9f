#pragma once

#include <string>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/stats/interval.hpp>

namespace calibrant::detail {

// Numbers inside the sentences of verdicts: few digits, since the tables have them all.

/// By a format of printf.
[[nodiscard]] std::string digits(const char* format, double x);
/// "6.89 %", "0.431 nats"; with every digit where the number was typed.
[[nodiscard]] std::string quantity(const metric_entry& entry, double x, bool typed = false);
/// "1.2 to 3.4 points", "0.12 to 0.34 nats": by how much a metric changed; of shares in points of a hundred.
[[nodiscard]] std::string change_range(const metric_entry& entry, const interval& range);
/// A number of rows with commas.
[[nodiscard]] std::string count(double rows);
/// "95 %".
[[nodiscard]] std::string in_percent(double level);

}  // namespace calibrant::detail
