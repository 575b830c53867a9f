#include <calibrant/metrics/risk_coverage_curve.hpp>

#include <calibrant/math/compensated_sum.hpp>

namespace calibrant {

std::vector<risk_coverage_point> risk_coverage_curve(const sorted_forecasts& sorted) {
  std::vector<risk_coverage_point> curve;
  curve.reserve(sorted.size());
  const double W = sorted.total_weight();
  compensated_sum answered;
  compensated_sum errors;
  for (std::size_t i = sorted.size(); i-- > 0;) {
    answered.add(sorted.weights()[i]);
    errors.add(sorted.weights()[i] - sorted.hits()[i]);
    curve.push_back({sorted.values()[i], i == 0 ? 1 : answered.value() / W, errors.value() / answered.value()});
  }
  return curve;
}

}  // namespace calibrant
