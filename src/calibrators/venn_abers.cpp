#include <calibrant/calibrators/venn_abers.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/ragged_lists.hpp"
#include "calibrators/detail/sorted_responses.hpp"

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

venn_abers::venn_abers(const parameter_list& stored) {
  const std::vector<double> lengths =
      stored.numbers("groups", std::array{stored.classes() == 2 ? 1 : stored.classes()});
  std::vector<std::vector<double>> x = detail::lists_of(lengths, stored.list("x"), "x");
  std::vector<std::vector<double>> p0 = detail::lists_of(lengths, stored.list("p0"), "p0");
  std::vector<std::vector<double>> p1 = detail::lists_of(lengths, stored.list("p1"), "p1");
  const auto is_probability = [](double p) { return p >= 0 && p <= 1; };
  for (std::size_t c = 0; c < lengths.size(); ++c) {
    if (!std::is_sorted(x[c].begin(), x[c].end()) || !std::all_of(p0[c].begin(), p0[c].end(), is_probability) ||
        !std::all_of(p1[c].begin(), p1[c].end(), is_probability))
      throw error(error_code::malformed_input, "parameters \"x\", \"p0\", \"p1\" are no curves inside [0, 1]");
    curves_.emplace_back(std::move(x[c]), std::move(p0[c]), std::move(p1[c]));
  }
}

void venn_abers::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  detail::apply_one_vs_rest(from, p, K,
                            [&](std::size_t k, double s) { return curves_[K == 2 ? 0 : k].at(s).merged(); });
}

std::vector<parameter> venn_abers::parameters() const {
  detail::ragged_lists x;
  detail::ragged_lists p0;
  detail::ragged_lists p1;
  for (const venn_abers_curve& curve : curves_) {
    x.append(curve.x());
    p0.append(curve.p0());
    p1.append(curve.p1());
  }
  return {{"groups", {x.lengths.size()}, x.lengths},
          {"x", {x.numbers.size()}, x.numbers},
          {"p0", {p0.numbers.size()}, p0.numbers},
          {"p1", {p1.numbers.size()}, p1.numbers}};
}

fitted_map fit_venn_abers(const training_set& rows) {
  const std::size_t K = rows.classes();
  std::vector<std::optional<venn_abers_curve>> curves(K == 2 ? 1 : K);
  detail::for_each_class(
      rows, score_form::probabilities, [&](std::size_t k, std::span<const double> column, bool single) {
        const auto hit = [&](std::size_t i) { return static_cast<std::size_t>(rows.label(i)) == k; };
        detail::sorted_responses groups = detail::sort_responses(column, single, hit, rows.weights());
        curves[K == 2 ? 0 : k] = venn_abers_curve::learned(std::move(groups.values), groups.weights, groups.hits);
      });
  std::vector<venn_abers_curve> all;
  for (std::optional<venn_abers_curve>& curve : curves) all.push_back(std::move(*curve));
  return {std::make_unique<venn_abers>(std::move(all)), {}};
}

std::string venn_abers::describe(operator_graph& graph, const std::string& from) const {
  return detail::one_vs_rest_graph(graph, from, [&](const std::string& s) {
    std::vector<std::vector<double>> groups;
    std::vector<std::vector<double>> p0;
    std::vector<std::vector<double>> p1;
    for (const venn_abers_curve& curve : curves_) {
      groups.push_back(curve.x());
      p0.push_back({0});
      p0.back().insert(p0.back().end(), curve.p0().begin(), curve.p0().end());
      p1.push_back(curve.p1());
      p1.back().push_back(1);
    }
    detail::threshold_search search(graph, groups);
    const std::string miss = search.entries(search.places(s, false), p0);
    const std::string hit = search.entries(search.places(s, true), p1);
    return graph.apply("Div", {hit, graph.sum(graph.difference(graph.number(1), miss), hit)});
  });
}

}  // namespace calibrant
