#include <calibrant/metrics/selective_risk.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/stats/clopper_pearson.hpp>
#include <calibrant/stats/linear_error_null.hpp>
#include <calibrant/stats/wilson.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

/// Shares of weights that are no numbers of rows are known to rounding.
constexpr double resolution = 1e-12;

/// The rows answered, taken from the highest confidence down.
class answered_rows {
 public:
  explicit answered_rows(const sorted_forecasts& sorted) : sorted_(sorted), next_(sorted.size()) {}

  [[nodiscard]] bool all() const noexcept { return next_ == 0; }
  [[nodiscard]] double next_confidence() const noexcept { return sorted_.values()[next_ - 1]; }
  void take() noexcept {
    --next_;
    weight_.add(sorted_.weights()[next_]);
    errors_.add(sorted_.weights()[next_] - sorted_.hits()[next_]);
    v_.add(sorted_.variance_weights()[next_]);
    promised_.add(sorted_.weights()[next_] * (1 - sorted_.values()[next_]));
  }

  [[nodiscard]] std::size_t first() const noexcept { return next_; }  ///< the lowest group taken
  [[nodiscard]] double threshold() const noexcept { return sorted_.values()[next_]; }
  [[nodiscard]] double weight() const noexcept { return weight_.value(); }
  [[nodiscard]] double coverage() const noexcept { return all() ? 1 : weight() / sorted_.total_weight(); }
  [[nodiscard]] double risk() const noexcept { return std::clamp(errors_.value() / weight(), 0.0, 1.0); }
  [[nodiscard]] double promised_risk() const noexcept { return promised_.value() / weight(); }
  [[nodiscard]] double effective_rows() const noexcept { return weight() * (weight() / v_.value()); }

 private:
  const sorted_forecasts& sorted_;
  std::size_t next_;
  compensated_sum weight_;
  compensated_sum errors_;
  compensated_sum v_;
  compensated_sum promised_;
};

bool reaches(double share, double bound) { return share >= bound - resolution; }

/// The risk of the rows taken, of which there is one at least.
estimate risk_of(const answered_rows& rows, const sorted_forecasts& sorted, const metric_options& options) {
  linear_error_null null;
  for (std::size_t g = rows.first(); g < sorted.size(); ++g)
    null.add(sorted.values()[g], sorted.weights()[g], sorted.variance_weights()[g], 1 / rows.weight());
  const double n = rows.effective_rows();
  return {.value = rows.risk(),
          .uncertainty = interval_estimate::of(clopper_pearson(rows.risk() * n, n, options.level), "Clopper-Pearson"),
          .expected_if_calibrated = std::clamp(null.expected(), 0.0, 1.0),
          .p_value = null.p_value(rows.risk()),
          .details = {}};
}

}  // namespace

estimate risk_at_coverage(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  answered_rows rows(sorted);
  do rows.take();
  while (!rows.all() && !reaches(rows.coverage(), options.coverage));
  estimate result = risk_of(rows, sorted, options);
  result.details = {{"threshold", rows.threshold()}, {"coverage", rows.coverage()}};
  return result;
}

estimate selective_risk(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  answered_rows rows(sorted);
  while (!rows.all() && rows.next_confidence() >= options.threshold) rows.take();
  if (!(rows.weight() > 0)) {
    char text[96];
    std::snprintf(text, sizeof text, "no row has a confidence of %.12g or more", options.threshold);
    return estimate::none(text);
  }
  estimate result = risk_of(rows, sorted, options);
  result.details = {{"coverage", rows.coverage()}};
  return result;
}

estimate coverage_at_risk(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  answered_rows rows(sorted);
  double coverage = 0;
  double threshold = 1;
  double promised_coverage = 0;
  while (!rows.all()) {
    rows.take();
    if (rows.risk() <= options.risk + resolution) {
      coverage = rows.coverage();
      threshold = rows.threshold();
    }
    if (rows.promised_risk() <= options.risk + resolution) promised_coverage = rows.coverage();
  }
  constexpr const char* chosen = "the labels choose the threshold, so the risk at it is underestimated";
  estimate result{.value = coverage,
                  .uncertainty = interval_estimate::none(chosen),
                  .expected_if_calibrated = figure::none("no closed form; see promised_coverage"),
                  .p_value = figure::none(chosen),
                  .details = {{"promised_coverage", promised_coverage}}};
  if (coverage > 0) result.details.emplace_back("threshold", threshold);
  return result;
}

estimate coverage_at_threshold(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  answered_rows rows(sorted);
  while (!rows.all() && rows.next_confidence() >= options.threshold) rows.take();
  const double n = sorted.effective_rows();
  constexpr const char* no_labels = "coverage does not depend on the labels";
  return {.value = rows.coverage(),
          .uncertainty = interval_estimate::of(wilson(std::min(rows.coverage() * n, n), n, options.level), "Wilson"),
          .expected_if_calibrated = figure::none(no_labels),
          .p_value = figure::none(no_labels),
          .details = {}};
}

}  // namespace calibrant
