#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <calibrant/math/pool_adjacent_violators.hpp>

#include "calibrators/detail/isotonic_buckets.hpp"
#include "calibrators/detail/level_pool.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// The levels of isotonic regression of hits on n scores in [0, 1]; arguments as of sort_responses.
template <class Hit>
[[nodiscard]] std::vector<isotonic_level> isotonic_levels(std::span<const double> scores, bool single, const Hit& hit,
                                                          std::span<const double> weights) {
  if (weights.empty() && scores.size() <= std::numeric_limits<std::uint32_t>::max())
    return single ? isotonic_buckets<float, std::int32_t, Hit>(scores, hit).levels()
                  : isotonic_buckets<double, std::int64_t, Hit>(scores, hit).levels();
  const sorted_responses groups = sort_responses(scores, single, hit, weights);
  std::vector<isotonic_level> levels;
  for (const isotonic_block& block : isotonic_blocks(groups.weights, groups.hits))
    levels.push_back({groups.values[block.first], groups.values[block.last - 1], block.weight, block.sum});
  return levels;
}

}  // namespace calibrant::detail
