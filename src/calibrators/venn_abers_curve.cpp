#include <calibrant/calibrators/venn_abers_curve.hpp>

#include <algorithm>
#include <cmath>

namespace calibrant {
namespace {

/// A point of the diagram of cumulative weights and hits.
struct point {
  double weight;
  double hits;

  friend point operator-(const point& a, const point& b) noexcept { return {a.weight - b.weight, a.hits - b.hits}; }
  friend point operator+(const point& a, const point& b) noexcept { return {a.weight + b.weight, a.hits + b.hits}; }
};

/// Whether the way from a over b to c does not turn left, so that b is no corner of the convex minorant.
bool no_left_turn(const point& a, const point& b, const point& c) noexcept {
  const point first = b - a;
  const point second = c - a;
  return first.weight * second.hits - second.weight * first.hits <= 0;
}

/// For every group the isotonic value at its score after a hit of weight 1 has been added there. The hit begins in
/// front of all groups and changes places with one after the other; the corners of the convex minorant from the hit on
/// follow it (algorithms 1 and 2 of Vovk, Petej, Fedorova 2015).
std::vector<double> values_with_a_hit(std::span<const double> weights, std::span<const double> hits) {
  const std::size_t m = weights.size();
  std::vector<point> path = {{-1, -1}, {0, 0}};
  path.reserve(m + 2);
  for (std::size_t i = 0; i < m; ++i) path.push_back(path.back() + point{weights[i], hits[i]});
  std::vector<point> corners;
  for (const point& p : path) {
    while (corners.size() > 1 && no_left_turn(corners[corners.size() - 2], corners.back(), p)) corners.pop_back();
    corners.push_back(p);
  }
  std::reverse(corners.begin(), corners.end());  // the leftmost corner is the last one now
  std::vector<double> values(m);
  for (std::size_t i = 0; i < m; ++i) {
    const point step = corners[corners.size() - 2] - corners.back();
    values[i] = step.hits / step.weight;
    path[i + 1] = path[i] + path[i + 2] - path[i + 1];
    const point& moved = path[i + 1];
    const point along = corners[corners.size() - 2] - corners.back();
    const point off = moved - corners.back();
    if (along.weight * off.hits - off.weight * along.hits >= 0) continue;  // at or above the minorant
    corners.pop_back();
    while (corners.size() > 1 && no_left_turn(moved, corners.back(), corners[corners.size() - 2])) corners.pop_back();
    corners.push_back(moved);
  }
  return values;
}

/// The same with a miss: a hit among the misses, seen from the other end.
std::vector<double> values_with_a_miss(std::span<const double> weights, std::span<const double> hits) {
  std::vector<double> turned_weights(weights.rbegin(), weights.rend());
  std::vector<double> misses(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) misses[i] = turned_weights[i] - hits[weights.size() - 1 - i];
  std::vector<double> values = values_with_a_hit(turned_weights, misses);
  std::reverse(values.begin(), values.end());
  for (double& v : values) v = 1 - v;
  return values;
}

}  // namespace

venn_abers_curve venn_abers_curve::learned(std::vector<double> x, std::span<const double> weights,
                                           std::span<const double> hits) {
  return {std::move(x), values_with_a_miss(weights, hits), values_with_a_hit(weights, hits)};
}

venn_abers_pair venn_abers_curve::at(double score) const noexcept {
  // A miss joins the scores at or below it, a hit those at or above.
  const auto at_or_above = std::lower_bound(x_.begin(), x_.end(), score);
  const auto above = std::upper_bound(at_or_above, x_.end(), score);
  return {.p0 = above == x_.begin() ? 0.0 : p0_[static_cast<std::size_t>(above - x_.begin()) - 1],
          .p1 = at_or_above == x_.end() ? 1.0 : p1_[static_cast<std::size_t>(at_or_above - x_.begin())]};
}

double merged_probability(std::span<const venn_abers_curve> curves, double score) noexcept {
  if (curves.size() == 1) {
    const venn_abers_pair pair = curves.front().at(score);
    return pair.p1 / (1 - pair.p0 + pair.p1);
  }
  double log_hit = 0;
  double log_miss = 0;
  for (const venn_abers_curve& curve : curves) {
    const venn_abers_pair pair = curve.at(score);  // p1 > 0 and p0 < 1, since the added row is among them
    log_hit += std::log(pair.p1);
    log_miss += std::log1p(-pair.p0);
  }
  return 1 / (1 + std::exp((log_miss - log_hit) / static_cast<double>(curves.size())));
}

}  // namespace calibrant
