#include <calibrant/evaluation/headline.hpp>

#include <cstdio>

#include <calibrant/metrics/confidence_gap.hpp>
#include <calibrant/metrics/expected_calibration_error.hpp>

namespace calibrant {
namespace {

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

}  // namespace

std::string headline(const panel_state& state, confidence_level level, bool soft_labels) {
  const cell all = state.top_label.all().sums;
  const metric_options options{.level = level};
  const estimate gap = confidence_gap(state.top_label, options);
  const estimate ece = expected_calibration_error(state.top_label, options);
  const std::string says =
      "says " + percent(all.confidence / all.weight) + ", is right " + percent(all.hits / all.weight);

  const auto& gap_bounds = gap.uncertainty.bounds;
  if (gap_bounds && gap_bounds->lower > 0) return "over-confident: " + says;
  if (gap_bounds && gap_bounds->upper < 0) return "under-confident: " + says;
  if (soft_labels)
    return "right on average: " + says + "; labels are soft, so whether its levels are right is not tested";
  const interval& bounds = *ece.uncertainty.bounds;
  if (bounds.lower > 0)
    return "miscalibrated, though right on average: " + says + "; confidence is off by at least " +
           percent(bounds.lower) + " on average over its levels";
  return "no miscalibration found: " + says + "; the calibration error of these bins is at most " +
         percent(bounds.upper);
}

}  // namespace calibrant
