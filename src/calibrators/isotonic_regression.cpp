#include <calibrant/calibrators/isotonic_regression.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include <calibrant/core/error.hpp>
#include <calibrant/math/pool_adjacent_violators.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/ragged_lists.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

/// What a score adds to its own level in the flattened form, so that no two scores of a row become equal.
constexpr double order_kept_by = 1e-9;

// A shortcut to the knots near a score: slots that are a sixteenth of a power of two wide, since scores crowd near 0.
constexpr std::int64_t first_slot_bits = std::bit_cast<std::int64_t>(0x1p-126) >> 48;
constexpr std::size_t slots = 126 * 16 + 1;  ///< the last one begins at 1

std::size_t slot_of(double score) noexcept {
  const std::int64_t slot = (std::bit_cast<std::int64_t>(score) >> 48) - first_slot_bits;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(slot, 0, slots - 1));
}

isotonic_curve curve_of(const detail::sorted_responses& groups, const isotonic_options& options) {
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
    if (last > first && options.shape == isotonic_shape::interpolated) {
      x.push_back(last);
      levels.push_back(y);
    }
  }
  // Smoothing an end may lift it above its neighbour where that one holds few rows.
  for (std::size_t j = 1; j < levels.size(); ++j) levels[j] = std::max(levels[j], levels[j - 1]);
  return {std::move(x), std::move(levels)};
}

std::vector<parameter> parameters_of(const std::vector<isotonic_curve>& curves, isotonic_shape shape) {
  detail::ragged_lists x;
  detail::ragged_lists y;
  for (const isotonic_curve& curve : curves) {
    x.append(curve.x());
    y.append(curve.y());
  }
  return {{"stepwise", {}, {shape == isotonic_shape::stepwise ? 1.0 : 0.0}},
          {"knots", {x.lengths.size()}, x.lengths},
          {"x", {x.numbers.size()}, x.numbers},
          {"y", {y.numbers.size()}, y.numbers}};
}

std::vector<isotonic_curve> stored_curves(const parameter_list& stored, std::size_t count) {
  const std::vector<double> lengths = stored.numbers("knots", std::array{count});
  std::vector<std::vector<double>> x = detail::lists_of(lengths, stored.list("x"), "x");
  std::vector<std::vector<double>> y = detail::lists_of(lengths, stored.list("y"), "y");
  std::vector<isotonic_curve> curves;
  for (std::size_t c = 0; c < count; ++c) {
    if (x[c].empty() || !std::is_sorted(x[c].begin(), x[c].end()) || !std::is_sorted(y[c].begin(), y[c].end()) ||
        y[c].front() < 0 || y[c].back() > 1)
      throw error(error_code::malformed_input, "parameters \"x\", \"y\" are no non-decreasing curve inside [0, 1]");
    curves.emplace_back(std::move(x[c]), std::move(y[c]));
  }
  return curves;
}

isotonic_shape stored_shape(const parameter_list& stored) {
  return stored.number("stepwise") == 0 ? isotonic_shape::interpolated : isotonic_shape::stepwise;
}

}  // namespace

isotonic_curve::isotonic_curve(std::vector<double> x, std::vector<double> y)
    : x_(std::move(x)), y_(std::move(y)), starts_(slots + 1, 0) {
  for (const double knot : x_) ++starts_[slot_of(knot) + 1];
  for (std::size_t s = 0; s < slots; ++s) starts_[s + 1] += starts_[s];
}

double isotonic_curve::at(double score, isotonic_shape shape) const noexcept {
  const std::size_t slot = slot_of(score);
  const auto above = std::upper_bound(x_.begin() + starts_[slot], x_.begin() + starts_[slot + 1], score);
  if (above == x_.begin()) return y_.front();
  const auto j = static_cast<std::size_t>(above - x_.begin()) - 1;
  if (shape == isotonic_shape::stepwise || above == x_.end() || x_[j] == score) return y_[j];
  const double slope = (y_[j + 1] - y_[j]) / (x_[j + 1] - x_[j]);
  return std::clamp(y_[j] + slope * (score - x_[j]), y_[j], y_[j + 1]);
}

isotonic_regression::isotonic_regression(const parameter_list& stored)
    : curves_(stored_curves(stored, stored.classes() == 2 ? 1 : stored.classes())), shape_(stored_shape(stored)) {}

void isotonic_regression::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double s) { return curves_[K == 2 ? 0 : k].at(s, shape_); });
}

std::vector<parameter> isotonic_regression::parameters() const { return parameters_of(curves_, shape_); }

fitted_map fit_isotonic_regression(const training_set& rows, const isotonic_options& options) {
  const std::size_t K = rows.classes();
  std::vector<isotonic_curve> curves(K == 2 ? 1 : K, isotonic_curve({0}, {0}));
  const std::span<const double> weights = rows.weights();
  detail::for_each_class(
      rows, score_form::probabilities, [&](std::size_t k, std::span<const double> column, bool single) {
        const auto hit = [&](std::size_t i) { return static_cast<std::size_t>(rows.label(i)) == k; };
        curves[K == 2 ? 0 : k] = curve_of(detail::sort_responses(column, single, hit, weights), options);
      });
  return {std::make_unique<isotonic_regression>(std::move(curves), options.shape), {}};
}

flattened_isotonic::flattened_isotonic(const parameter_list& stored)
    : curve_(std::move(stored_curves(stored, 1).front())), shape_(stored_shape(stored)) {}

void flattened_isotonic::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  for (std::size_t i = 0; i < from.size(); i += K) {
    double total = 0;
    for (std::size_t k = i; k < i + K; ++k) total += p[k] = curve_.at(from[k], shape_) + order_kept_by * from[k];
    for (std::size_t k = i; k < i + K; ++k) p[k] = total > 0 ? p[k] / total : 1 / static_cast<double>(K);
  }
}

std::vector<parameter> flattened_isotonic::parameters() const { return parameters_of({curve_}, shape_); }

fitted_map fit_flattened_isotonic(const training_set& rows, const isotonic_options& options) {
  const std::size_t K = rows.classes();
  std::vector<double> pairs(rows.rows() * K);
  std::vector<double> weights;
  bool single = false;
  rows.in_form(score_form::probabilities).visit([&]<class T>(const basic_matrix_view<T>& view) {
    single = !std::is_same_v<T, double>;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      for (std::size_t k = 0; k < K; ++k) pairs[i * K + k] = to_double(view.row(i)[k]);
  });
  if (rows.weighted())
    for (std::size_t i = 0; i < rows.rows(); ++i) weights.insert(weights.end(), K, rows.weight(i));
  const auto hit = [&](std::size_t j) { return static_cast<std::size_t>(rows.label(j / K)) == j % K; };
  return {std::make_unique<flattened_isotonic>(curve_of(detail::sort_responses(pairs, single, hit, weights), options),
                                               options.shape),
          {}};
}

namespace {

/// The values of curves at scores: of the knot at or below a score its level, and on from there along the line.
std::string curve_values(operator_graph& graph, const std::vector<isotonic_curve>& curves, isotonic_shape shape,
                         const std::string& from) {
  std::vector<std::vector<double>> knots;
  std::vector<std::vector<double>> origins;
  std::vector<std::vector<double>> levels;
  std::vector<std::vector<double>> slopes;
  std::vector<std::vector<double>> bounds;
  constexpr double steepest = 1e37;  // of float32; steeper lines meet their bound at once
  for (const isotonic_curve& curve : curves) {
    const std::vector<double>& x = curve.x();
    const std::vector<double>& y = curve.y();
    knots.push_back(x);
    origins.push_back({0});
    levels.push_back({y.front()});
    slopes.push_back({0});
    bounds.push_back({y.front()});
    for (std::size_t j = 0; j < x.size(); ++j) {
      const bool line = shape == isotonic_shape::interpolated && j + 1 < x.size();
      origins.back().push_back(x[j]);
      levels.back().push_back(y[j]);
      slopes.back().push_back(line ? std::min((y[j + 1] - y[j]) / (x[j + 1] - x[j]), steepest) : 0.0);
      bounds.back().push_back(line ? y[j + 1] : y[j]);
    }
  }
  detail::threshold_search search(graph, knots);
  const std::string place = search.places(from, false);
  const std::string beyond = graph.difference(from, search.entries(place, origins));
  const std::string risen = graph.product(search.entries(place, slopes), graph.apply("Max", {beyond, graph.number(0)}));
  return graph.apply("Min", {graph.sum(search.entries(place, levels), risen), search.entries(place, bounds)});
}

}  // namespace

std::string isotonic_regression::describe(operator_graph& graph, const std::string& from) const {
  return detail::one_vs_rest_graph(graph, from,
                                   [&](const std::string& s) { return curve_values(graph, curves_, shape_, s); });
}

std::string flattened_isotonic::describe(operator_graph& graph, const std::string& from) const {
  const std::string values = curve_values(graph, {curve_}, shape_, from);
  return graph.normalized(graph.sum(values, graph.product(from, graph.number(order_kept_by))));
}

}  // namespace calibrant
