#include <calibrant/calibrators/isotonic_regression.hpp>

#include <algorithm>
#include <utility>

#include "calibrators/detail/flattened_pairs.hpp"
#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/isotonic_levels.hpp"
#include "calibrators/detail/knot_curves.hpp"
#include "calibrators/detail/normalize_row.hpp"
#include "calibrators/detail/one_vs_rest.hpp"

namespace calibrant {
namespace {

/// What a score adds to its own level in the flattened form, so that no two scores of a row become equal.
constexpr double order_kept_by = 1e-9;

knot_curve curve_of(const std::vector<detail::isotonic_level>& pooled, const isotonic_options& options) {
  std::vector<double> x;
  std::vector<double> levels;
  for (std::size_t b = 0; b < pooled.size(); ++b) {
    const detail::isotonic_level& level = pooled[b];
    double y = level.hits / level.weight;
    if (options.smooth_ends && (b == 0 || b + 1 == pooled.size())) y = (level.hits + 1) / (level.weight + 2);
    x.push_back(level.first);
    levels.push_back(y);
    if (level.last > level.first && options.shape == curve_shape::interpolated) {
      x.push_back(level.last);
      levels.push_back(y);
    }
  }
  // Smoothing an end may lift it above its neighbour where that one holds few rows.
  for (std::size_t j = 1; j < levels.size(); ++j) levels[j] = std::max(levels[j], levels[j - 1]);
  return {std::move(x), std::move(levels)};
}

std::vector<parameter> parameters_of(const std::vector<knot_curve>& curves, curve_shape shape) {
  std::vector<parameter> all = {{"stepwise", {}, {shape == curve_shape::stepwise ? 1.0 : 0.0}}};
  for (parameter& p : detail::knot_parameters(curves)) all.push_back(std::move(p));
  return all;
}

curve_shape stored_shape(const parameter_list& stored) {
  return stored.number("stepwise") == 0 ? curve_shape::interpolated : curve_shape::stepwise;
}

}  // namespace

isotonic_regression::isotonic_regression(const parameter_list& stored)
    : curves_(detail::stored_knot_curves(stored, detail::curve_count(stored.classes()),
                                         detail::knot_order::non_decreasing)),
      shape_(stored_shape(stored)) {}

std::size_t isotonic_regression::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  if (K == 2)
    return detail::apply_one_vs_rest(from, p, K, [&](std::size_t, double s) { return curves_[0].at(s, shape_); });
  // Class by class, so that a curve is in the cache for all rows.
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t i = k; i < from.size(); i += K) p[i] = curves_[k].at(from[i], shape_);
  return detail::normalize_rows(p, K);
}

std::vector<parameter> isotonic_regression::parameters() const { return parameters_of(curves_, shape_); }

fitted_map fit_isotonic_regression(const training_set& rows, const isotonic_options& options) {
  std::vector<knot_curve> curves(detail::curve_count(rows.classes()), knot_curve({0}, {0}));
  detail::for_each_curve(rows, [&](std::size_t c, std::span<const double> column, bool single, const auto& hit) {
    curves[c] = curve_of(detail::isotonic_levels(column, single, hit, rows.weights()), options);
  });
  return {std::make_unique<isotonic_regression>(std::move(curves), options.shape), {}};
}

flattened_isotonic::flattened_isotonic(const parameter_list& stored)
    : curve_(std::move(detail::stored_knot_curves(stored, 1, detail::knot_order::non_decreasing).front())),
      shape_(stored_shape(stored)) {}

std::size_t flattened_isotonic::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  for (std::size_t j = 0; j < from.size(); ++j) p[j] = curve_.at(from[j], shape_) + order_kept_by * from[j];
  return detail::normalize_rows(p, K);
}

std::vector<parameter> flattened_isotonic::parameters() const { return parameters_of({curve_}, shape_); }

fitted_map fit_flattened_isotonic(const training_set& rows, const isotonic_options& options) {
  const std::vector<detail::isotonic_level> levels =
      detail::visit_pairs(rows, [](const auto&... pairs) { return detail::isotonic_levels(pairs...); });
  return {std::make_unique<flattened_isotonic>(curve_of(levels, options), options.shape), {}};
}

std::string isotonic_regression::describe(operator_graph& graph, const std::string& from) const {
  return detail::one_vs_rest_graph(
      graph, from, [&](const std::string& s) { return detail::knot_values(graph, curves_, shape_, s); });
}

std::string flattened_isotonic::describe(operator_graph& graph, const std::string& from) const {
  const std::string values = detail::knot_values(graph, {curve_}, shape_, from);
  return graph.normalized(graph.sum(values, graph.product(from, graph.number(order_kept_by))));
}

}  // namespace calibrant
