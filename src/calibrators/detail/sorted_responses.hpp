#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <calibrant/math/sorting.hpp>

namespace calibrant::detail {

/// Distinct scores in increasing order; of each the weight of its rows, and of those among them that are hits.
struct sorted_responses {
  std::vector<double> values;
  std::vector<double> weights;
  std::vector<double> hits;

  [[nodiscard]] std::size_t size() const noexcept { return values.size(); }
};

/// A score as the bits of Real, which grow with it, above one bit that says whether the row is a hit.
template <class Real, class Key>
[[nodiscard]] Key response_key(double score, bool hit) noexcept {
  const Real x = static_cast<Real>(score) + Real{0};  // -0 becomes +0
  return static_cast<Key>((std::bit_cast<Key>(x) << 1) | static_cast<Key>(hit));
}

template <class Real, class Key, class Hit>
sorted_responses sort_by_digits(std::span<const double> scores, const Hit& hit) {
  std::vector<Key> keys(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) keys[i] = response_key<Real, Key>(scores[i], hit(i));
  sort_ascending(std::span<Key>(keys));
  sorted_responses groups;
  for (std::size_t i = 0; i < keys.size();) {
    const Key bits = keys[i] >> 1;
    double weight = 0;
    double hits = 0;
    for (; i < keys.size() && keys[i] >> 1 == bits; ++i) {
      weight += 1;
      hits += static_cast<double>(keys[i] & 1);
    }
    groups.values.push_back(static_cast<double>(std::bit_cast<Real>(bits)));
    groups.weights.push_back(weight);
    groups.hits.push_back(hits);
  }
  return groups;
}

/// Groups n scores in [0, 1] by value. `single`: every score is a float32. `hit(i)` says whether row i is a hit;
/// `weights` is empty (all 1) or has n entries. Whole rows of weight 1 are sorted by their digits, O(n); others by
/// comparison, O(n log n).
template <class Hit>
[[nodiscard]] sorted_responses sort_responses(std::span<const double> scores, bool single, const Hit& hit,
                                              std::span<const double> weights) {
  if (weights.empty())
    return single ? sort_by_digits<float, std::int32_t>(scores, hit)
                  : sort_by_digits<double, std::int64_t>(scores, hit);
  std::vector<std::size_t> order(scores.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (scores[a] != scores[b]) return scores[a] < scores[b];
    return weights[a] != weights[b] ? weights[a] < weights[b] : hit(a) < hit(b);  // so that order leaves no trace
  });
  sorted_responses groups;
  for (const std::size_t i : order) {
    if (groups.values.empty() || groups.values.back() != scores[i]) {
      groups.values.push_back(scores[i] + 0.0);
      groups.weights.push_back(0);
      groups.hits.push_back(0);
    }
    groups.weights.back() += weights[i];
    if (hit(i)) groups.hits.back() += weights[i];
  }
  return groups;
}

}  // namespace calibrant::detail
