#pragma once

#include <optional>
#include <string>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/metrics/estimate.hpp>

namespace calibrant::detail {

/// How the figures of one metric are written: shares in percent, one number of decimals for value, interval and
/// expected value, more of them where the value is small.
class metric_text {
 public:
  metric_text(const metric_entry& entry, const estimate& result);

  [[nodiscard]] std::string number(double x) const;
  [[nodiscard]] std::string value(const figure& f) const;
  [[nodiscard]] std::string range(const interval_estimate& e) const;

 private:
  double scale_ = 1;
  int decimals_ = 4;
  bool signed_ = false;
  std::string unit_;
};

[[nodiscard]] std::string p_value_text(const figure& p);
/// In percent, without its sign; "-" where there is none.
[[nodiscard]] std::string percent_number(const std::optional<double>& share, int decimals);

}  // namespace calibrant::detail
