#pragma once

#include <utility>

#include <calibrant/metrics/estimate.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

namespace calibrant::detail {

/// The same with the detail `resolution` where groups are micro-bins: the largest share W_g / W of one of them, the
/// mass that the bounded form cannot order.
[[nodiscard]] inline estimate with_resolution(estimate result, const sorted_forecasts& sorted) {
  if (!sorted.exact() && !sorted.empty()) result.details.emplace_back("resolution", sorted.largest_share());
  return result;
}

}  // namespace calibrant::detail
