#pragma once

#include <bit>
#include <cstddef>
#include <span>
#include <vector>

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

/// Adds rows of weight 1 by their keys (response_key) in increasing order. Returns the end of the keys.
template <class Real, class Key>
const Key* add_keys(std::span<const Key> keys, level_pool& pool) {
  const std::size_t n = keys.size();
  const auto value = [&](std::size_t i) {
    return static_cast<double>(std::bit_cast<Real>(static_cast<Key>(keys[i] >> 1)));
  };
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
  return keys.data() + n;
}

}  // namespace calibrant::detail
