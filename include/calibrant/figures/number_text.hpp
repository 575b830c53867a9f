#pragma once

#include <optional>
#include <string>

#include <calibrant/metrics/estimate.hpp>

namespace calibrant {

// Numbers of a figure as text. No locale has a say in any of them.

/// A place on the paper: at most two decimals, no trailing zeros.
[[nodiscard]] std::string coordinate_text(double x);
/// The shortest text that reads back as the same number: what the JSON result writes.
[[nodiscard]] std::string exact_text(double x);
/// So many decimals, always; what rounds to zero has no sign.
[[nodiscard]] std::string fixed_text(double x, int decimals);
/// A share as "12.3 %", with more decimals where it is small; nothing is "-".
[[nodiscard]] std::string share_text(std::optional<double> share);
/// A number of rows with commas: "12,345"; one decimal where it is no whole number.
[[nodiscard]] std::string rows_number(double count);
/// A count on an axis: "500", "2,000", "10k", "2.5M".
[[nodiscard]] std::string short_count(double count);
/// "0.95" as "95 %".
[[nodiscard]] std::string level_percent(confidence_level level);

/// "ECE 10.5 % (95 % interval 5.0 to 13.8 %; a calibrated model: 3.5 %)", or the reason why there is no value. What is
/// no probability (`percent` false) has four decimals instead.
[[nodiscard]] std::string estimate_sentence(const std::string& name, const estimate& result, confidence_level level,
                                            bool percent = true);

}  // namespace calibrant
