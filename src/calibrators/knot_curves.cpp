#include "calibrators/detail/knot_curves.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/ragged_lists.hpp"

namespace calibrant::detail {

std::vector<parameter> knot_parameters(const std::vector<knot_curve>& curves) {
  ragged_lists x;
  ragged_lists y;
  for (const knot_curve& curve : curves) {
    x.append(curve.x());
    y.append(curve.y());
  }
  return {{"knots", {x.lengths.size()}, x.lengths},
          {"x", {x.numbers.size()}, x.numbers},
          {"y", {y.numbers.size()}, y.numbers}};
}

std::vector<knot_curve> stored_knot_curves(const parameter_list& stored, std::size_t count, knot_order order) {
  const std::vector<double> lengths = stored.numbers("knots", std::array{count});
  std::vector<std::vector<double>> x = lists_of(lengths, stored.list("x"), "x");
  std::vector<std::vector<double>> y = lists_of(lengths, stored.list("y"), "y");
  std::vector<knot_curve> curves;
  for (std::size_t c = 0; c < count; ++c) {
    const bool falls = order == knot_order::non_decreasing && !std::is_sorted(y[c].begin(), y[c].end());
    if (x[c].empty() || !std::is_sorted(x[c].begin(), x[c].end()) || falls ||
        std::any_of(y[c].begin(), y[c].end(), [](double v) { return v < 0 || v > 1; }))
      throw error(error_code::malformed_input, std::string("parameters \"x\", \"y\" are no ") +
                                                   (order == knot_order::any ? "" : "non-decreasing ") +
                                                   "curve inside [0, 1]");
    curves.emplace_back(std::move(x[c]), std::move(y[c]));
  }
  return curves;
}

std::string knot_values(operator_graph& graph, const std::vector<knot_curve>& curves, curve_shape shape,
                        const std::string& from) {
  std::vector<std::vector<double>> knots;
  std::vector<std::vector<double>> origins;
  std::vector<std::vector<double>> levels;
  std::vector<std::vector<double>> slopes;
  std::vector<std::vector<double>> upper;
  std::vector<std::vector<double>> lower;
  bool falls = false;
  constexpr double steepest = 1e37;  // of float32; steeper lines meet their bound at once
  for (const knot_curve& curve : curves) {
    const std::vector<double>& x = curve.x();
    const std::vector<double>& y = curve.y();
    knots.push_back(x);
    origins.push_back({0});
    levels.push_back({y.front()});
    slopes.push_back({0});
    upper.push_back({y.front()});
    lower.push_back({y.front()});
    for (std::size_t j = 0; j < x.size(); ++j) {
      const bool line = shape == curve_shape::interpolated && j + 1 < x.size();
      origins.back().push_back(x[j]);
      levels.back().push_back(y[j]);
      slopes.back().push_back(line ? std::clamp((y[j + 1] - y[j]) / (x[j + 1] - x[j]), -steepest, steepest) : 0.0);
      upper.back().push_back(line ? std::max(y[j], y[j + 1]) : y[j]);
      lower.back().push_back(line ? std::min(y[j], y[j + 1]) : y[j]);
      falls = falls || (line && y[j + 1] < y[j]);
    }
  }
  threshold_search search(graph, knots);
  const std::string place = search.places(from, false);
  const std::string beyond = graph.difference(from, search.entries(place, origins));
  const std::string risen = graph.product(search.entries(place, slopes), graph.apply("Max", {beyond, graph.number(0)}));
  const std::string below =
      graph.apply("Min", {graph.sum(search.entries(place, levels), risen), search.entries(place, upper)});
  return falls ? graph.apply("Max", {below, search.entries(place, lower)}) : below;
}

}  // namespace calibrant::detail
