#include <calibrant/metrics/area_under_risk_coverage.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/stats/clopper_pearson.hpp>
#include <calibrant/stats/logit_interval.hpp>
#include <calibrant/stats/risk_coverage_area.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

constexpr const char* logit_method = "influence function, normal on the log-odds scale";
constexpr const char* extreme_method = "what a Clopper-Pearson bound of the error rate leaves possible";

/// What an area can be at error rates up to `bound` (no errors seen) or from it on (no hits seen).
struct extremes {
  double (*most)(double bound);
  double (*least)(double bound);
};

/// An area in (0, top), or, where all rows are hits or all are errors and no variance is to be seen, the extremes.
interval_estimate area_interval(const sorted_forecasts& sorted, double value, double standard_error, double top,
                                const extremes& possible, confidence_level level) {
  const double n = sorted.effective_rows();
  const double hits = sorted.total_hits();
  if (hits >= sorted.total_weight())
    return interval_estimate::of({0, std::min(possible.most(clopper_pearson(0, n, level).upper), top)}, extreme_method);
  if (!(hits > 0))
    return interval_estimate::of({std::min(possible.least(clopper_pearson(n, n, level).lower), value), top},
                                 extreme_method);
  if (std::isnan(standard_error)) return interval_estimate::none(detail::one_row_reason);
  return interval_estimate::of(logit_interval(value, standard_error, top, level), logit_method);
}

/// The largest excess of an order at any error rate up to r: it rises up to r = 1/2, where it is ln 2.
double largest_excess(double r) {
  const double at = std::min(r, 0.5);
  return worst_risk_coverage_area(at) - best_risk_coverage_area(at);
}

}  // namespace

estimate area_under_risk_coverage(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const risk_coverage_area area(sorted);
  return {.value = area.value(),
          .uncertainty = area_interval(sorted, area.value(), area.standard_error(), 1,
                                       {worst_risk_coverage_area, best_risk_coverage_area}, options.level),
          .expected_if_calibrated = area.null().expected(),
          .p_value = area.null().p_value(area.value()),
          .details = {{"best_order", area.optimum()}}};
}

estimate excess_area_under_risk_coverage(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const risk_coverage_area area(sorted);
  if (!(sorted.total_hits() > 0)) {
    // The best order of errors alone is any order; how good the order of hits would be is unknown.
    estimate result{.value = area.excess(),
                    .uncertainty = interval_estimate::none("no row is right: nothing is known of the order"),
                    .expected_if_calibrated = area.expected_excess(),
                    .p_value = figure::none("no row is right: nothing is known of the order"),
                    .details = {}};
    return result;
  }
  return {.value = area.excess(),
          .uncertainty = area_interval(sorted, area.excess(), area.excess_standard_error(), 1,
                                       {largest_excess, [](double) { return 0.0; }}, options.level),
          .expected_if_calibrated = area.expected_excess(),
          .p_value = area.excess_p_value(),
          .details = {}};
}

estimate area_under_risk_coverage_trapezoid(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const double W = sorted.total_weight();
  compensated_sum answered;
  compensated_sum errors;
  compensated_sum promised;  // errors expected of calibrated rows
  compensated_sum area;
  compensated_sum expected;
  double risk = 0;
  double promised_risk = 0;
  for (std::size_t i = sorted.size(); i-- > 0;) {
    const double weight = sorted.weights()[i];
    answered.add(weight);
    errors.add(weight - sorted.hits()[i]);
    promised.add(weight * (1 - sorted.values()[i]));
    const double next_risk = errors.value() / answered.value();
    const double next_promised = promised.value() / answered.value();
    const bool first = i + 1 == sorted.size();
    area.add(weight * ((first ? next_risk : risk) + next_risk) / 2);
    expected.add(weight * ((first ? next_promised : promised_risk) + next_promised) / 2);
    risk = next_risk;
    promised_risk = next_promised;
  }
  return {.value = area.value() / W,
          .uncertainty = interval_estimate::none("see aurc, which estimates the same area"),
          .expected_if_calibrated = expected.value() / W,
          .p_value = figure::none("see aurc, which estimates the same area"),
          .details = {}};
}

estimate area_under_generalized_risk_coverage(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const generalized_risk_coverage_area area(sorted);
  const double r = area.error_rate();
  return {.value = area.value(),
          .uncertainty = area_interval(
              sorted, area.value(), area.standard_error(), 0.5,
              {[](double bound) { return bound - bound * bound / 2; }, [](double bound) { return bound * bound / 2; }},
              options.level),
          .expected_if_calibrated = area.null().expected(),
          .p_value = area.null().p_value(area.value()),
          .details = {{"best_order", r * r / 2}}};
}

}  // namespace calibrant
