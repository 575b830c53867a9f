#include <calibrant/calibrators/spline_calibration.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include <calibrant/math/pool_adjacent_violators.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/knot_curves.hpp"
#include "calibrators/detail/natural_spline.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/top_label_rows.hpp"

namespace calibrant {
namespace {

constexpr double roughness = 1e-12;
constexpr std::size_t most_knots_kept = 1024;

/// Makes the values non-decreasing, the mean of neighbours that fall.
void pool_falls(std::vector<double>& y) {
  const std::vector<double> ones(y.size(), 1.0);
  for (const isotonic_block& block : isotonic_blocks(ones, y))
    std::fill(y.begin() + static_cast<std::ptrdiff_t>(block.first), y.begin() + static_cast<std::ptrdiff_t>(block.last),
              block.sum / block.weight);
}

/// Distinct probabilities s by rank: t_g is the share of the weight up to s_g, h(t_g) the sum of w (label - s) up to it
/// over the total weight.
knot_curve curve_of(const detail::sorted_responses& groups, const spline_options& options) {
  const std::size_t m = groups.size();
  const double total = std::accumulate(groups.weights.begin(), groups.weights.end(), 0.0);
  std::vector<double> t = {0.0};
  std::vector<double> h = {0.0};
  std::vector<double> weights;  // half of what lies on either side, so that either end of the ranks may be called 0
  double reached = 0;
  double lack = 0;
  for (std::size_t g = 0; g < m; ++g) {
    reached += groups.weights[g];
    lack += groups.hits[g] - groups.weights[g] * groups.values[g];
    t.push_back(std::min(reached / total, 1.0));
    h.push_back(lack / total);
    weights.push_back(groups.weights[g] + (g == 0 ? 0 : groups.weights[g - 1]));
  }
  weights.push_back(groups.weights.back());
  const detail::natural_spline spline(options.knots);
  const Eigen::VectorXd at_knots = spline.nearest(t, h, weights, roughness);

  const std::size_t kept = std::min(m, most_knots_kept);
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t j = 0; j < kept; ++j) {
    const std::size_t g = kept == 1 ? 0 : j * (m - 1) / (kept - 1);
    const double slope = spline.slope_weights((t[g] + t[g + 1]) / 2).dot(at_knots);
    x.push_back(groups.values[g]);
    y.push_back(std::clamp(groups.values[g] + slope, 0.0, 1.0));
  }
  if (options.monotone) pool_falls(y);
  return {std::move(x), std::move(y)};
}

/// The largest probability of every row and whether it was right.
detail::sorted_responses top_responses(const training_set& rows) {
  std::vector<double> confidences(rows.rows());
  std::vector<bool> right(rows.rows());
  detail::for_each_top_label(rows, [&](std::size_t i, std::size_t top, double confidence) {
    confidences[i] = confidence;
    right[i] = static_cast<std::size_t>(rows.label(i)) == top;
  });
  return detail::sort_responses(
      confidences, false, [&](std::size_t i) { return static_cast<bool>(right[i]); }, rows.weights());
}

}  // namespace

spline_calibration::spline_calibration(const parameter_list& stored)
    : curves_(detail::stored_knot_curves(
          stored, stored.number("top_label") == 0 ? detail::curve_count(stored.classes()) : std::size_t{1},
          detail::knot_order::any)),
      target_(stored.number("top_label") == 0 ? spline_target::classes : spline_target::top_label) {}

std::size_t spline_calibration::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  if (target_ == spline_target::classes)
    return detail::apply_one_vs_rest(
        from, p, K, [&](std::size_t k, double s) { return curves_[K == 2 ? 0 : k].at(s, curve_shape::interpolated); });
  detail::apply_to_top_label(from, p, K,
                             [&](std::size_t, double c) { return curves_.front().at(c, curve_shape::interpolated); });
  return 0;
}

std::vector<parameter> spline_calibration::parameters() const {
  std::vector<parameter> all = {{"top_label", {}, {target_ == spline_target::top_label ? 1.0 : 0.0}}};
  for (parameter& p : detail::knot_parameters(curves_)) all.push_back(std::move(p));
  return all;
}

fitted_map fit_spline_calibration(const training_set& rows, const spline_options& options) {
  const bool of_top = options.target == spline_target::top_label;
  std::vector<knot_curve> curves(of_top ? 1 : detail::curve_count(rows.classes()), knot_curve({0}, {0}));
  if (of_top)
    curves.front() = curve_of(top_responses(rows), options);
  else
    detail::for_each_sorted_curve(
        rows, [&](std::size_t c, const detail::sorted_responses& groups) { curves[c] = curve_of(groups, options); });
  return {std::make_unique<spline_calibration>(std::move(curves), options.target), {}};
}

std::string spline_calibration::describe(operator_graph& graph, const std::string& from) const {
  const auto values = [&](const std::string& s) {
    return detail::knot_values(graph, curves_, curve_shape::interpolated, s);
  };
  if (target_ == spline_target::top_label) return detail::top_label_graph(graph, from, values(from));
  return detail::one_vs_rest_graph(graph, from, values);
}

}  // namespace calibrant
