#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include <calibrant/math/sorting.hpp>

#include "calibrators/detail/level_pool.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant::detail {

/// Levels of isotonic regression without sorting most of the rows.
///
/// Over rows in the order of their scores, the levels are the slopes of the greatest convex minorant of the points
/// (rows so far, hits so far). Scores are first counted in buckets. The minorant of the points at the edges of buckets
/// lies nowhere below that of all points, so a bucket whose lowest possible path (all its misses, then all its hits)
/// lies above it holds no corner: its rows are of one level, in whatever order. Only the others are sorted, and those
/// at the ends of the coarse levels, for their smallest and largest scores. The result is that of sorting all rows.
template <class Real, class Key, class Hit>
class isotonic_buckets {
 public:
  /// n scores in [0, 1] of weight 1; `hit(i)` says whether row i is a hit.
  isotonic_buckets(std::span<const double> scores, const Hit& hit) : scores_(scores), hit_(hit) {
    const std::size_t n = scores.size();
    buckets_ = std::clamp(std::bit_floor(n / rows_per_bucket), fewest, most);
    tallies_.assign(buckets_ + 1, {});
    for_each_bucket_of_row(
        [&](std::size_t i, std::uint32_t b) { tallies_[b] += 1 + (std::uint64_t{hit(i)} << hits_shift); });
  }

  [[nodiscard]] std::vector<isotonic_level> levels() {
    mark_sorted_buckets();
    const std::vector<Key> keys = sorted_keys();
    level_pool pool;
    const Key* next = keys.data();
    constexpr double inside = std::numeric_limits<double>::quiet_NaN();  // never the end of a level
    for (std::size_t b = 0; b <= buckets_; ++b) {
      const std::uint64_t tally = tallies_[b];
      if (tally == 0) continue;
      if (is_sorted_[b] != 0)
        next = add_keys<Real>(std::span(next, rows_of(tally)), pool);
      else
        pool.add({inside, inside, static_cast<double>(rows_of(tally)), static_cast<double>(hits_of(tally))});
    }
    return std::move(pool).levels();
  }

 private:
  static constexpr std::size_t rows_per_bucket = 8;
  static constexpr std::size_t fewest = std::size_t{1} << 8;
  static constexpr std::size_t most = std::size_t{1} << 16;  ///< half a megabyte of counts
  static constexpr int hits_shift = 32;

  static std::size_t rows_of(std::uint64_t tally) noexcept { return tally & 0xffffffffU; }
  static std::size_t hits_of(std::uint64_t tally) noexcept { return tally >> hits_shift; }

  /// Calls work(i, bucket) for every row. Buckets are narrow where scores of many classes crowd, near 0, and grow with
  /// the score: their number is that of the square root.
  template <class Work>
  void for_each_bucket_of_row(const Work& work) const {
    constexpr std::size_t block = 512;
    std::array<std::uint32_t, block> bucket;
    const auto scale = static_cast<float>(buckets_);
    for (std::size_t first = 0; first < scores_.size(); first += block) {
      const std::size_t count = std::min(block, scores_.size() - first);
      for (std::size_t j = 0; j < count; ++j)
        bucket[j] = static_cast<std::uint32_t>(
            static_cast<std::int32_t>(std::sqrt(std::min(static_cast<float>(scores_[first + j]), 1.0F)) * scale));
      for (std::size_t j = 0; j < count; ++j) work(first + j, bucket[j]);
    }
  }

  void mark_sorted_buckets() {
    level_pool pool;
    for (std::size_t b = 0; b <= buckets_; ++b)
      if (tallies_[b] != 0)
        pool.add({static_cast<double>(b), static_cast<double>(b), static_cast<double>(rows_of(tallies_[b])),
                  static_cast<double>(hits_of(tallies_[b]))});
    is_sorted_.assign(buckets_ + 1, 0);
    for (const isotonic_level& level : std::move(pool).levels()) {
      const auto first = static_cast<std::size_t>(level.first);
      const auto last = static_cast<std::size_t>(level.last);
      double rows = 0;  // of the level, before the bucket
      double hits = 0;
      for (std::size_t b = first; b <= last; ++b) {
        const auto here = static_cast<double>(rows_of(tallies_[b]));
        const auto hits_here = static_cast<double>(hits_of(tallies_[b]));
        const double misses_first = rows + here - hits_here;
        is_sorted_[b] = static_cast<std::uint8_t>(hits * level.weight < level.hits * misses_first);
        rows += here;
        hits += hits_here;
      }
      is_sorted_[first] = is_sorted_[last] = 1;
    }
  }

  [[nodiscard]] std::vector<Key> sorted_keys() const {
    std::size_t count = 0;
    for (std::size_t b = 0; b <= buckets_; ++b)
      if (is_sorted_[b] != 0) count += rows_of(tallies_[b]);
    std::vector<Key> keys(count + 1);  // one more, since every row is written before it counts
    std::size_t to = 0;
    for_each_bucket_of_row([&](std::size_t i, std::uint32_t b) {
      keys[to] = response_key<Real, Key>(scores_[i], hit_(i));
      to += is_sorted_[b];
    });
    keys.pop_back();
    sort_ascending(std::span<Key>(keys));
    return keys;
  }

  std::span<const double> scores_;
  const Hit& hit_;
  std::size_t buckets_ = 0;
  std::vector<std::uint64_t> tallies_;  ///< rows, and above them hits
  std::vector<std::uint8_t> is_sorted_;
};

}  // namespace calibrant::detail
