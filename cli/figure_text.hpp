#pragma once

#include <optional>
#include <string>

#include <calibrant/figures/metric_text.hpp>

namespace calibrant::cli {

/// Per cent with fixed decimals, e.g. "92.4 %"; "-" without a value.
[[nodiscard]] std::string percent_text(std::optional<double> share, int decimals = 1);
/// A number of rows or a weight with thousands separators: "10,000"; weights that are not whole keep one decimal.
[[nodiscard]] std::string count_text(double count);
/// count_text with its noun: "1 row", "12 rows".
[[nodiscard]] std::string rows_text(double count);
/// The level of an interval, e.g. "95 %", "99.9 %".
[[nodiscard]] std::string level_text(double level);

}  // namespace calibrant::cli
