#include <calibrant/metrics/corp_decomposition.hpp>

#include <algorithm>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/pool_adjacent_violators.hpp>

#include "metrics/detail/score_mean.hpp"
#include "metrics/detail/sorted_details.hpp"

namespace calibrant {
namespace {

constexpr const char* untested = "no construction of tested coverage is known for the parts of the CORP decomposition";

struct corp_parts {
  double score;           ///< S(c)
  double recalibrated;    ///< S(f)
  double miscalibration;  ///< S(c) - S(f), summed as it is, (1/W) sum w (c - f)(c + f - 2 a): no cancellation
  double uncertainty;
  double levels;
};

// Within a level of value f = A/W, sum w (f - a)^2 = W f (1 - f).
corp_parts parts_of(const sorted_forecasts& sorted) {
  const std::vector<isotonic_block> levels = isotonic_blocks(sorted.weights(), sorted.hits());
  compensated_sum score;
  compensated_sum recalibrated;
  compensated_sum difference;
  for (const isotonic_block& level : levels) {
    const double f = level.sum / level.weight;
    recalibrated.add(level.sum * (1 - f));
    for (std::size_t g = level.first; g < level.last; ++g) {
      const double c = sorted.values()[g];
      const double w = sorted.weights()[g];
      const double a = sorted.hits()[g];
      score.add(a * (1 - c) * (1 - c) + (w - a) * c * c);
      difference.add((c - f) * (w * (c + f) - 2 * a));
    }
  }
  const double W = sorted.total_weight();
  const double accuracy = sorted.total_hits() / W;
  return {.score = score.value() / W,
          .recalibrated = recalibrated.value() / W,
          .miscalibration = std::max(difference.value() / W, 0.0),
          .uncertainty = accuracy * (1 - accuracy),
          .levels = static_cast<double>(levels.size())};
}

estimate answer(const sorted_forecasts& sorted, const corp_parts& parts, double value) {
  return detail::with_resolution({.value = value,
                                  .uncertainty = interval_estimate::none(untested),
                                  .expected_if_calibrated = figure::none(untested),
                                  .p_value = figure::none(untested),
                                  .details = {{"score", parts.score}, {"levels", parts.levels}}},
                                 sorted);
}

}  // namespace

estimate corp_miscalibration(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const corp_parts parts = parts_of(sorted);
  return answer(sorted, parts, parts.miscalibration);
}

estimate corp_discrimination(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const corp_parts parts = parts_of(sorted);
  return answer(sorted, parts, std::max(parts.uncertainty - parts.recalibrated, 0.0));
}

estimate corp_uncertainty(const sorted_forecasts& sorted, const metric_options&) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  const corp_parts parts = parts_of(sorted);
  return answer(sorted, parts, parts.uncertainty);
}

}  // namespace calibrant
