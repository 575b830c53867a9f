#include <calibrant/calibrators/isotonic_regression.hpp>

#include <algorithm>
#include <utility>

#include <calibrant/math/pool_adjacent_violators.hpp>

#include "calibrators/detail/flattened_responses.hpp"
#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/knot_curves.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

/// What a score adds to its own level in the flattened form, so that no two scores of a row become equal.
constexpr double order_kept_by = 1e-9;

knot_curve curve_of(const detail::sorted_responses& groups, const isotonic_options& options) {
  const std::vector<isotonic_block> blocks = isotonic_blocks(groups.weights, groups.hits);
  std::vector<double> x;
  std::vector<double> levels;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const isotonic_block& block = blocks[b];
    double y = block.sum / block.weight;
    if (options.smooth_ends && (b == 0 || b + 1 == blocks.size())) y = (block.sum + 1) / (block.weight + 2);
    const double first = groups.values[block.first];
    const double last = groups.values[block.last - 1];
    x.push_back(first);
    levels.push_back(y);
    if (last > first && options.shape == curve_shape::interpolated) {
      x.push_back(last);
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

void isotonic_regression::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double s) { return curves_[K == 2 ? 0 : k].at(s, shape_); });
}

std::vector<parameter> isotonic_regression::parameters() const { return parameters_of(curves_, shape_); }

fitted_map fit_isotonic_regression(const training_set& rows, const isotonic_options& options) {
  std::vector<knot_curve> curves(detail::curve_count(rows.classes()), knot_curve({0}, {0}));
  detail::for_each_curve(
      rows, [&](std::size_t c, const detail::sorted_responses& groups) { curves[c] = curve_of(groups, options); });
  return {std::make_unique<isotonic_regression>(std::move(curves), options.shape), {}};
}

flattened_isotonic::flattened_isotonic(const parameter_list& stored)
    : curve_(std::move(detail::stored_knot_curves(stored, 1, detail::knot_order::non_decreasing).front())),
      shape_(stored_shape(stored)) {}

void flattened_isotonic::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  for (std::size_t i = 0; i < from.size(); i += K) {
    double total = 0;
    for (std::size_t k = i; k < i + K; ++k) total += p[k] = curve_.at(from[k], shape_) + order_kept_by * from[k];
    for (std::size_t k = i; k < i + K; ++k) p[k] = total > 0 ? p[k] / total : 1 / static_cast<double>(K);
  }
}

std::vector<parameter> flattened_isotonic::parameters() const { return parameters_of({curve_}, shape_); }

fitted_map fit_flattened_isotonic(const training_set& rows, const isotonic_options& options) {
  return {std::make_unique<flattened_isotonic>(curve_of(detail::flattened_responses(rows), options), options.shape),
          {}};
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
