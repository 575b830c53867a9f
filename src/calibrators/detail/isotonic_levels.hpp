#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <calibrant/math/pool_adjacent_violators.hpp>
#include <calibrant/math/sorting.hpp>

#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// Scores from `first` to `last` that isotonic regression gives one level, hits / weight.
struct isotonic_level {
  double first;
  double last;
  double weight;
  double hits;
};

/// Pools adjacent violators while groups arrive in the order of their scores; see isotonic_blocks. The level that a
/// group may still join is kept apart from those below it.
class level_pool {
 public:
  /// A group: rows of one score, or of several if none is a hit.
  void add(const isotonic_level& group) {
    if (!violates(top_, group)) {
      below_.push_back(top_);
      top_ = group;
      return;
    }
    top_.last = group.last;
    top_.weight += group.weight;
    top_.hits += group.hits;
    while (below_.size() > 1 && violates(below_.back(), top_)) {
      top_.first = below_.back().first;
      top_.weight += below_.back().weight;
      top_.hits += below_.back().hits;
      below_.pop_back();
    }
  }
  [[nodiscard]] std::vector<isotonic_level> levels() && {
    below_.push_back(top_);
    below_.erase(below_.begin());  // the one that no group can join
    return std::move(below_);
  }

 private:
  static bool violates(const isotonic_level& lower, const isotonic_level& upper) noexcept {
    return lower.hits * upper.weight >= upper.hits * lower.weight;
  }

  std::vector<isotonic_level> below_;
  isotonic_level top_{0, 0, 1, -1};  ///< lies below every group
};

/// Levels of rows of weight 1. Keys as in sort_by_digits.
template <class Real, class Key, class Hit>
[[nodiscard]] std::vector<isotonic_level> levels_by_digits(std::span<const double> scores, const Hit& hit) {
  const std::size_t n = scores.size();
  const std::unique_ptr<Key[]> keys = std::make_unique_for_overwrite<Key[]>(n);
  for (std::size_t i = 0; i < n; ++i) keys[i] = response_key<Real, Key>(scores[i], hit(i));
  sort_ascending(std::span<Key>(keys.get(), n));
  const auto value = [&](std::size_t i) {
    return static_cast<double>(std::bit_cast<Real>(static_cast<Key>(keys[i] >> 1)));
  };
  level_pool pool;
  for (std::size_t i = 0; i < n;) {
    // Rows that are no hits pool with one another, whatever their scores.
    std::size_t hit_at = i;
    while (hit_at < n && (keys[hit_at] & 1) == 0) ++hit_at;
    std::size_t first = hit_at;  // of the rows whose score is that of the hit
    if (hit_at < n)
      while (first > i && keys[first - 1] >> 1 == keys[hit_at] >> 1) --first;
    if (first > i) pool.add({value(i), value(first - 1), static_cast<double>(first - i), 0});
    if (hit_at == n) break;
    for (i = hit_at; i < n && keys[i] == keys[hit_at];) ++i;
    pool.add({value(first), value(first), static_cast<double>(i - first), static_cast<double>(i - hit_at)});
  }
  return std::move(pool).levels();
}

/// The levels of isotonic regression of hits on n scores in [0, 1]; arguments as of sort_responses.
template <class Hit>
[[nodiscard]] std::vector<isotonic_level> isotonic_levels(std::span<const double> scores, bool single, const Hit& hit,
                                                          std::span<const double> weights) {
  if (weights.empty())
    return single ? levels_by_digits<float, std::int32_t>(scores, hit)
                  : levels_by_digits<double, std::int64_t>(scores, hit);
  const sorted_responses groups = sort_responses(scores, single, hit, weights);
  std::vector<isotonic_level> levels;
  for (const isotonic_block& block : isotonic_blocks(groups.weights, groups.hits))
    levels.push_back({groups.values[block.first], groups.values[block.last - 1], block.weight, block.sum});
  return levels;
}

}  // namespace calibrant::detail
