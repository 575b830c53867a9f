#include <calibrant/calibrators/beta_calibration.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/logistic_regression.hpp"
#include "calibrators/detail/one_vs_rest.hpp"

namespace calibrant {
namespace {

constexpr double closest = 0x1p-52;  ///< to 0 and to 1

double inside(double s) noexcept { return std::clamp(s, closest, 1 - closest); }

/// The logits that the curve gives are a ln s - b ln(1 - s) + c.
beta_calibration::curve fit_curve(std::span<const double> column, std::span<const double> targets,
                                  std::span<const double> weights, beta_parameters parameters, double start_offset,
                                  detail::logistic_fit& fit) {
  const std::size_t n = column.size();
  std::vector<double> first(n);
  std::vector<double> second(n);
  const double shift = parameters == beta_parameters::ab ? std::numbers::ln2 : 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double s = inside(column[i]);
    first[i] = std::log(s) + shift;
    second[i] = -std::log1p(-s) - shift;
    if (parameters == beta_parameters::am) first[i] += second[i];
  }
  const bool one_slope = parameters == beta_parameters::am;
  std::array<bool, 3> free = {true, !one_slope, parameters != beta_parameters::ab};
  const std::array<double, 3> start = {0, 0, free[2] ? start_offset : 0};
  const auto learn = [&] {
    fit = detail::fit_logistic({.first = first,
                                .second = one_slope ? std::span<const double>() : second,
                                .targets = targets,
                                .weights = weights},
                               start, free);
  };
  learn();
  // Where both slopes are negative the larger one in size is given up first.
  for (int held = 0; held < 2; ++held) {
    const std::size_t worst = fit.theta[0] <= fit.theta[1] ? 0 : 1;
    if (fit.theta[worst] >= 0 || !free[worst]) break;
    free[worst] = false;
    if (fit.theta[1 - worst] < 0 && free[1 - worst]) free[1 - worst] = false;
    learn();
  }
  const double a = fit.theta[0];
  const double b = one_slope ? fit.theta[0] : fit.theta[1];
  return {a, b, parameters == beta_parameters::ab ? (a - b) * std::numbers::ln2 : fit.theta[2]};
}

}  // namespace

beta_calibration::beta_calibration(const parameter_list& stored) {
  const std::array shape = {detail::curve_count(stored.classes())};
  const std::vector<double> a = stored.numbers("a", shape);
  const std::vector<double> b = stored.numbers("b", shape);
  const std::vector<double> c = stored.numbers("c", shape);
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] < 0 || b[k] < 0) throw error(error_code::malformed_input, "parameters \"a\", \"b\" are negative");
    curves_.push_back({a[k], b[k], c[k]});
  }
}

std::size_t beta_calibration::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  return detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double score) {
    const curve& g = curves_[K == 2 ? 0 : k];
    const double s = inside(score);
    return 1 / (1 + std::exp(-(g.a * std::log(s) - g.b * std::log1p(-s) + g.c)));
  });
}

std::vector<parameter> beta_calibration::parameters() const {
  std::vector<parameter> all = {{"a", {curves_.size()}, {}}, {"b", {curves_.size()}, {}}, {"c", {curves_.size()}, {}}};
  for (const curve& g : curves_) {
    all[0].values.push_back(g.a);
    all[1].values.push_back(g.b);
    all[2].values.push_back(g.c);
  }
  return all;
}

fitted_map fit_beta_calibration(const training_set& rows, beta_parameters parameters) {
  const std::size_t K = rows.classes();
  const std::size_t count = detail::curve_count(K);
  std::vector<beta_calibration::curve> curves(count);
  std::vector<detail::logistic_fit> fits(count);
  detail::for_each_class(rows, score_form::probabilities, [&](std::size_t k, std::span<const double> column, bool) {
    const std::size_t c = K == 2 ? 0 : k;
    std::vector<double> targets(column.size());
    for (std::size_t i = 0; i < column.size(); ++i)
      targets[i] = static_cast<double>(static_cast<std::size_t>(rows.label(i)) == k);
    const double hits = rows.class_weights()[k];
    const double rest = rows.total_weight() - hits;
    curves[c] = fit_curve(column, targets, rows.weights(), parameters, std::log((hits + 1) / (rest + 1)), fits[c]);
  });
  return {std::make_unique<beta_calibration>(std::move(curves)), detail::report_of(fits, "curves")};
}

std::string beta_calibration::describe(operator_graph& graph, const std::string& from) const {
  const std::vector<parameter> numbers = parameters();
  return detail::one_vs_rest_graph(graph, from, [&](const std::string& s) {
    const auto log_of = [&](const std::string& x) {
      return graph.apply("Log", {graph.apply("Max", {x, graph.number(closest)})});
    };
    const std::string log_s = log_of(s);
    const std::string log_rest = log_of(graph.difference(graph.number(1), s));
    const std::string slopes = graph.difference(graph.product(log_s, graph.row(numbers[0].values)),
                                                graph.product(log_rest, graph.row(numbers[1].values)));
    return graph.sigmoid(graph.sum(slopes, graph.row(numbers[2].values)));
  });
}

}  // namespace calibrant
