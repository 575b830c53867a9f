#pragma once

#include <optional>
#include <string>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/metrics/estimate.hpp>

namespace calibrant::cli {

/// How the figures of one metric are shown to people: all with the same scale and number of decimals. Probabilities are
/// per cent; as many decimals as the value needs for three significant digits, and at least 2 (per cent, z) or 4 (nats,
/// scores).
class figure_format {
 public:
  figure_format(const metric_entry& entry, const estimate& result);

  /// "5.50 %", "0.4301 nats", "+5.50 %" for signed metrics; "-" without a value.
  [[nodiscard]] std::string value(const figure& f) const;
  /// "4.98 to 6.02", in the unit of the value; "-" without bounds.
  [[nodiscard]] std::string range(const interval_estimate& i) const;

 private:
  [[nodiscard]] std::string digits(double x) const;

  double scale_ = 1;
  int decimals_ = 4;
  bool signed_ = false;
  std::string unit_;
};

/// Per cent with fixed decimals, e.g. "92.4 %"; "-" without a value.
[[nodiscard]] std::string percent_text(std::optional<double> share, int decimals = 1);
/// "< 0.001", "0.042"; "-" without a value.
[[nodiscard]] std::string p_value_text(const figure& p);
/// A number of rows or a weight with thousands separators: "10,000"; weights that are not whole keep one decimal.
[[nodiscard]] std::string count_text(double count);
/// count_text with its noun: "1 row", "12 rows".
[[nodiscard]] std::string rows_text(double count);
/// The level of an interval, e.g. "95 %", "99.9 %".
[[nodiscard]] std::string level_text(double level);

}  // namespace calibrant::cli
