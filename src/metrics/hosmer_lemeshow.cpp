#include <calibrant/metrics/hosmer_lemeshow.hpp>

#include <algorithm>
#include <vector>

#include <calibrant/math/shifted_gamma.hpp>
#include <calibrant/stats/equal_mass_bins.hpp>

#include "metrics/detail/score_mean.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {
namespace {

constexpr double groups_wanted = 10;

struct mass_group {
  std::size_t first;
  std::size_t last;
  cell_moments sums;

  [[nodiscard]] bool expects_both() const { return sums.confidence > 0 && sums.confidence < 1; }
};

/// Groups of equal mass, joined until each expects both right and wrong predictions. Empty if that cannot be.
std::vector<mass_group> groups_of(const sorted_forecasts& sorted) {
  const double W = sorted.total_weight();
  std::vector<mass_group> groups;
  equal_mass_bins(sorted).for_each(groups_wanted, [&](std::size_t first, std::size_t last) {
    mass_group next{first, last, sorted.moments(first, last, W)};
    while (!groups.empty() && !(groups.back().expects_both() && next.expects_both())) {
      next = {groups.back().first, last, sorted.moments(groups.back().first, last, W)};
      groups.pop_back();
    }
    groups.push_back(next);
    return true;
  });
  if (groups.size() == 1 && !groups[0].expects_both()) groups.clear();
  return groups;
}

}  // namespace

estimate hosmer_lemeshow(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const std::vector<mass_group> groups = groups_of(sorted);
  if (groups.empty()) return estimate::none("every confidence is 0 or 1: no group expects both right and wrong ones");
  double statistic = 0;
  double expected = 0;
  double fewest = groups[0].sums.rows;
  for (const mass_group& g : groups) {
    const double variance = g.sums.confidence * (1 - g.sums.confidence);
    const double gap = g.sums.confidence - g.sums.accuracy;
    statistic += g.sums.rows * (gap / variance) * gap;
    expected += g.sums.bernoulli_variance / variance;
    fewest = std::min(fewest, g.sums.rows * std::min(g.sums.confidence, 1 - g.sums.confidence));
  }
  const auto freedom = static_cast<double>(groups.size());
  const shifted_gamma chi_square{.mean = freedom, .variance = 2 * freedom, .third_moment = 8 * freedom};
  return detail::with_resolution(
      {.value = statistic,
       .uncertainty = interval_estimate::none("a test statistic has no interval; see p_value"),
       .expected_if_calibrated = expected,
       .p_value = chi_square.upper_tail(statistic),
       .details = {{"groups", freedom}, {"fewest_expected", fewest}}},
      sorted);
}

}  // namespace calibrant
