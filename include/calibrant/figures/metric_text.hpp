#pragma once

#include <optional>
#include <string>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/metrics/estimate.hpp>

namespace calibrant {

/// How the figures of one metric are shown to people: all with the same scale and number of decimals. Probabilities are
/// per cent; as many decimals as the value needs for three significant digits, and at least 2 (per cent, z) or 4 (nats,
/// scores).
class metric_text {
 public:
  metric_text(const metric_entry& entry, const estimate& result);

  /// In the scale of the value, without its unit.
  [[nodiscard]] std::string number(double x) const;
  /// "5.50 %", "0.4301 nats", "+5.50 %" for signed metrics; "-" without a value.
  [[nodiscard]] std::string value(const figure& f) const;
  /// "4.98 to 6.02", in the unit of the value; "-" without bounds.
  [[nodiscard]] std::string range(const interval_estimate& e) const;

 private:
  double scale_ = 1;
  int decimals_ = 4;
  bool signed_ = false;
  std::string unit_;
};

/// "< 0.001", "0.042"; "-" without a value.
[[nodiscard]] std::string p_value_text(const figure& p);

}  // namespace calibrant
