#include <calibrant/calibrators/bias_corrected_temperature.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

#include <calibrant/calibrators/temperature_scaling.hpp>
#include <calibrant/math/minimize.hpp>

#include "calibrators/detail/convergence_note.hpp"
#include "calibrators/detail/row_sums.hpp"
#include "calibrators/detail/softmax_rows.hpp"

namespace calibrant {
namespace {

constexpr double ridge = 1e-6;
constexpr double gradient_tolerance = 1e-8;

/// Of parameters (beta, b_0, ..., b_{K-1}): mean gradient of the log loss, mean second derivatives (the diagonal), and
/// the mean log loss.
struct loss_at {
  std::vector<double> gradient;
  std::vector<double> curvature;
  double loss = 0;
};

loss_at loss_of(const training_set& rows, std::span<const double> theta) {
  const std::size_t K = rows.classes();
  const std::size_t d = K + 1;
  const std::vector<double> sums =
      rows.in_form(score_form::log_scores).visit([&]<class T>(const basic_matrix_view<T>& view) {
        return detail::sum_over_rows(rows, 2 * d + 1, 64,
                                     [&](std::size_t first, std::size_t last, std::span<double> into) {
                                       detail::softmax_rows softmax;
                                       std::vector<double> image(K);
                                       std::vector<double> p(K);
                                       for (std::size_t i = first; i < last; ++i) {
                                         const T* const z = view.row(i);
                                         for (std::size_t k = 0; k < K; ++k)
                                           image[k] = theta[0] * to_double(z[k]) + theta[1 + k];
                                         softmax.apply(image.data(), 1, K, p.data());
                                         const double w = rows.weight(i);
                                         double mean = 0;
                                         double square = 0;
                                         for (std::size_t k = 0; k < K; ++k) {
                                           const double x = to_double(z[k]);
                                           mean += p[k] * x;
                                           square += p[k] * x * x;
                                           into[1 + k] += w * p[k];
                                           into[d + 1 + k] += w * p[k] * (1 - p[k]);
                                         }
                                         const auto y = static_cast<std::size_t>(rows.label(i));
                                         into[0] += w * (mean - to_double(z[y]));
                                         into[1 + y] -= w;
                                         into[d] += w * std::max(square - mean * mean, 0.0);
                                         // -ln p_y, also where p_y is too small to be told from 0.
                                         const auto top = std::max_element(image.begin(), image.end()) - image.begin();
                                         const auto best = static_cast<std::size_t>(top);
                                         into[2 * d] += w * ((image[best] - image[y]) - std::log(p[best]));
                                       }
                                     });
      });
  loss_at at;
  for (std::size_t j = 0; j < d; ++j) {
    at.gradient.push_back(sums[j] / rows.total_weight());
    at.curvature.push_back(sums[d + j] / rows.total_weight());
  }
  at.loss = sums[2 * d] / rows.total_weight();
  return at;
}

}  // namespace

bias_corrected_temperature::bias_corrected_temperature(const parameter_list& stored)
    : beta_(stored.number("beta")), offsets_(stored.numbers("offsets", std::array{stored.classes()})) {}

std::size_t bias_corrected_temperature::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  std::vector<double> image(from.size());
  for (std::size_t i = 0; i < from.size(); i += K)
    for (std::size_t k = 0; k < K; ++k) image[i + k] = beta_ * from[i + k] + offsets_[k];
  detail::softmax_rows().apply(image.data(), from.size() / K, K, p.data());
  return 0;
}

std::vector<parameter> bias_corrected_temperature::parameters() const {
  return {{"beta", {}, {beta_}}, {"offsets", {offsets_.size()}, offsets_}};
}

fitted_map fit_bias_corrected_temperature(const training_set& rows) {
  const std::size_t K = rows.classes();
  temperature_fit start = fit_inverse_temperature(rows, {});
  std::vector<double> theta(K + 1, 0.0);
  theta[0] = start.beta;
  const auto objective = [&](std::span<const double> point, std::span<double> gradient) {
    const loss_at at = loss_of(rows, point);
    double value = at.loss;
    for (std::size_t j = 0; j < point.size(); ++j) {
      const double off = point[j] - (j == 0 ? start.beta : 0.0);
      value += ridge * off * off;
      gradient[j] = at.gradient[j] + 2 * ridge * off;
    }
    return value;
  };
  const auto near = [&](std::span<const double> point) {
    curvature diagonal{loss_of(rows, point).curvature};
    const double least = 1e-3 * *std::max_element(diagonal.numbers.begin(), diagonal.numbers.end()) + 2 * ridge;
    for (double& h : diagonal.numbers) h += least;
    return diagonal;
  };
  minimum found = minimize(objective, theta, {.gradient_tolerance = gradient_tolerance, .iterations = 500}, near);
  fit_report report;
  report.loss_before = start.report.loss_before;
  detail::report_end(found, report);
  std::vector<double> offsets(found.point.begin() + 1, found.point.end());
  const double mean = std::accumulate(offsets.begin(), offsets.end(), 0.0) / static_cast<double>(K);
  for (double& b : offsets) b -= mean;
  return {std::make_unique<bias_corrected_temperature>(found.point[0], std::move(offsets)), std::move(report)};
}

std::string bias_corrected_temperature::describe(operator_graph& graph, const std::string& from) const {
  return graph.softmax(graph.sum(graph.product(from, graph.number(beta_)), graph.row(offsets_)));
}

}  // namespace calibrant
