#include <calibrant/calibrators/platt_scaling.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/logistic_regression.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "simd/kernels.hpp"

namespace calibrant {
namespace {

/// Scores beyond this size are divided by their largest while the sigmoid is learned.
constexpr double large_score = 30;

/// Of the absolute values. Lanes of their own, so that no comparison waits for the one before.
double largest_size(std::span<const double> numbers) {
  std::array<double, 8> largest = {};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    double& lane = largest[i % largest.size()];
    const double size = std::abs(numbers[i]);
    lane = size > lane ? size : lane;
  }
  return *std::max_element(largest.begin(), largest.end());
}

score_form form_of(const training_set& rows, sigmoid_input input) {
  if (input == sigmoid_input::log_odds) return score_form::log_odds;
  return rows.are_logits() ? score_form::log_scores : score_form::probabilities;
}

}  // namespace

platt_scaling::platt_scaling(const parameter_list& stored)
    : form_(score_form::log_odds),
      A_(stored.numbers("A", std::array{detail::curve_count(stored.classes())})),
      B_(stored.numbers("B", std::array{detail::curve_count(stored.classes())})) {
  const double form = stored.number("form");
  for (const score_form known : {score_form::log_odds, score_form::log_scores, score_form::probabilities})
    if (form == static_cast<double>(known)) {
      form_ = known;
      return;
    }
  throw error(error_code::malformed_input, "parameter \"form\" is unknown");
}

std::size_t platt_scaling::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  if (K == 2)
    return detail::apply_one_vs_rest(from, p, K, [&](std::size_t, double s) { return platt_sigmoid(A_[0], B_[0], s); });
  std::vector<double> slopes = A_;
  std::vector<double> offsets = B_;
  for (double& a : slopes) a = -a;
  for (double& b : offsets) b = -b;
  for (std::size_t i = 0; i < from.size(); i += K)
    simd::active_target().sigmoids(from.data() + i, slopes.data(), offsets.data(), K, p.data() + i);
  return detail::normalize_rows(p, K);
}

std::vector<parameter> platt_scaling::parameters() const {
  return {{"form", {}, {static_cast<double>(form_)}}, {"A", {A_.size()}, A_}, {"B", {B_.size()}, B_}};
}

fitted_map fit_platt_scaling(const training_set& rows, sigmoid_input input) {
  const std::size_t K = rows.classes();
  const std::size_t count = detail::curve_count(K);
  const score_form form = form_of(rows, input);
  std::vector<double> A(count);
  std::vector<double> B(count);
  std::vector<detail::logistic_fit> fits(count);
  detail::for_each_class(rows, form, [&](std::size_t k, std::span<const double> column, bool) {
    const std::size_t c = K == 2 ? 0 : k;
    const double hits = rows.class_weights()[k];
    const double rest = rows.total_weight() - hits;
    const double hit_target = (hits + 1) / (hits + 2);
    const double rest_target = 1 / (rest + 2);
    const double largest = largest_size(column);
    const double unit = largest >= large_score ? largest : 1;
    std::vector<double> scaled;
    std::span<const double> s = column;
    if (unit != 1) {
      scaled.assign(column.begin(), column.end());
      for (double& x : scaled) x /= unit;
      s = scaled;
    }
    const std::array target = {rest_target, hit_target};
    std::vector<double> targets(column.size());
    for (std::size_t i = 0; i < column.size(); ++i)
      targets[i] = target[static_cast<std::size_t>(rows.label(i)) == k ? 1 : 0];
    // p = 1/(1 + exp(-(a s + b))) with a = -A, b = -B; the start is A = 0, B = ln((N0 + 1)/(N1 + 1)).
    fits[c] = detail::fit_logistic({.first = s, .second = {}, .targets = targets, .weights = rows.weights()},
                                   {0, 0, -std::log((rest + 1) / (hits + 1))}, {true, false, true});
    A[c] = -fits[c].theta[0] / unit;
    B[c] = -fits[c].theta[2];
  });
  return {std::make_unique<platt_scaling>(form, std::move(A), std::move(B)), detail::report_of(fits, "sigmoids")};
}

std::string platt_scaling::describe(operator_graph& graph, const std::string& from) const {
  std::vector<double> slopes = A_;
  std::vector<double> offsets = B_;
  for (double& a : slopes) a = -a;
  for (double& b : offsets) b = -b;
  return detail::one_vs_rest_graph(graph, from, [&](const std::string& s) {
    return graph.sigmoid(graph.sum(graph.product(s, graph.row(slopes)), graph.row(offsets)));
  });
}

}  // namespace calibrant
