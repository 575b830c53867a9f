#include <calibrant/calibrators/linear_scaling.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include <calibrant/calibrators/folds.hpp>
#include <calibrant/calibrators/temperature_scaling.hpp>

#include "calibrators/detail/linear_softmax.hpp"
#include "calibrators/detail/softmax_rows.hpp"

namespace calibrant {
namespace {

using detail::linear_shape;

constexpr double vector_ridge = 1e-6;
constexpr double matrix_ridge = 1e-8;

/// Offsets that sum to 0: a constant added to all changes nothing.
void centre(std::span<double> offsets) {
  const double mean = std::accumulate(offsets.begin(), offsets.end(), 0.0) / static_cast<double>(offsets.size());
  for (double& b : offsets) b -= mean;
}

/// beta on the diagonal, 0 elsewhere.
std::vector<double> scaled_identity(linear_shape shape, std::size_t K, double beta) {
  std::vector<double> theta(detail::parameter_count(shape, K), 0.0);
  for (std::size_t k = 0; k < K; ++k) theta[shape == linear_shape::full ? k * K + k : k] = beta;
  return theta;
}

struct strengths {
  double lambda;
  double mu;
};

std::vector<double> penalty_of(matrix_penalty penalty, std::size_t K, const strengths& s) {
  std::vector<double> strength(K * K + K, matrix_ridge);
  if (penalty == matrix_penalty::none) return strength;
  const auto classes = static_cast<double>(K);
  for (std::size_t i = 0; i < K; ++i) {
    for (std::size_t j = 0; j < K; ++j) {
      if (penalty == matrix_penalty::l2)
        strength[i * K + j] = s.lambda;
      else
        strength[i * K + j] = i == j ? 0.0 : s.lambda / (classes * (classes - 1));
    }
    strength[K * K + i] = penalty == matrix_penalty::l2 ? s.lambda : s.mu / classes;
  }
  return strength;
}

detail::linear_problem matrix_problem(const training_set& rows, score_form form, matrix_penalty penalty,
                                      const strengths& s, std::vector<double> start) {
  const std::size_t K = rows.classes();
  return {.scores = &rows.in_form(form),
          .shape = linear_shape::full,
          .start = std::move(start),
          .strength = penalty_of(penalty, K, s),
          .center = std::vector<double>(K * K + K, 0.0)};
}

/// Losses of the rows held out, for strengths by 5-fold cross-validation.
class strength_search {
 public:
  strength_search(const training_set& rows, score_form form, matrix_penalty penalty, std::uint64_t seed, double beta)
      : penalty_(penalty), beta_(beta) {
    constexpr std::size_t count = 5;
    const std::vector<std::uint8_t> fold = stratified_folds(rows, count, seed);
    std::vector<bool> chosen(rows.rows());
    for (std::size_t f = 0; f < count; ++f) {
      for (std::size_t i = 0; i < rows.rows(); ++i) chosen[i] = fold[i] != f;
      if (std::none_of(chosen.begin(), chosen.end(), [](bool c) { return c; })) continue;
      if (std::all_of(chosen.begin(), chosen.end(), [](bool c) { return c; })) continue;
      folds_.emplace_back(row_selection(rows, form, false, chosen), row_selection(rows, form, false, inverse(chosen)));
    }
  }

  /// The best of the strengths, from strong to weak; every fit starts where the last one of its fold ended. After two
  /// in a row that were worse than the best the rest is not tried: the loss falls, then rises, and weak penalties on
  /// few rows take longest.
  strengths best_of(const std::vector<strengths>& grid) {
    std::vector<std::vector<double>> starts;
    for (const auto& [learn, test] : folds_)
      starts.push_back(scaled_identity(linear_shape::full, learn.rows().classes(), beta_));
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t g = 0; g < grid.size() && g < best + 3; ++g) {
      double loss = 0;
      for (std::size_t f = 0; f < folds_.size(); ++f) loss += held_out_loss(folds_[f], grid[g], starts[f]);
      if (!(loss < least)) continue;
      least = loss;
      best = g;
    }
    return grid[best];
  }

 private:
  double held_out_loss(const std::pair<row_selection, row_selection>& fold, const strengths& s,
                       std::vector<double>& start) const {
    const auto& [learn, test] = fold;
    detail::linear_problem problem =
        matrix_problem(learn.rows(), score_form::log_scores, penalty_, s, std::move(start));
    problem.gradient_tolerance = 1e-5;
    start = detail::fit_linear_softmax(learn.rows(), problem).parameters;
    problem.scores = &test.rows().in_form(score_form::log_scores);
    return detail::mean_log_loss(test.rows(), problem, start) * test.rows().total_weight();
  }

  static std::vector<bool> inverse(std::vector<bool> chosen) {
    chosen.flip();
    return chosen;
  }

  matrix_penalty penalty_;
  double beta_;
  std::vector<std::pair<row_selection, row_selection>> folds_;
};

strengths choose_strengths(const training_set& rows, score_form form, matrix_penalty penalty,
                           const linear_options& options, double beta) {
  constexpr std::array decades = {1e2, 1e1, 1e0, 1e-1, 1e-2, 1e-3, 1e-4};
  strength_search search(rows, form, penalty, options.seed, beta);
  std::vector<strengths> grid;
  strengths best{options.lambda.value_or(0), options.mu.value_or(0)};
  if (!options.lambda) {
    for (const double x : decades) grid.push_back({x, options.mu.value_or(x)});
    best = search.best_of(grid);
  }
  if (!options.mu && penalty == matrix_penalty::odir) {
    grid.clear();
    for (const double x : decades) grid.push_back({best.lambda, x});
    best = search.best_of(grid);
  }
  return best;
}

std::string short_text(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3g", x);
  return text.data();
}

}  // namespace

vector_scaling::vector_scaling(const parameter_list& stored)
    : slopes_(stored.numbers("slopes", std::array{stored.classes()})),
      offsets_(stored.numbers("offsets", std::array{stored.classes()})) {}

std::size_t vector_scaling::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  std::vector<double> image(from.size());
  for (std::size_t i = 0; i < from.size(); i += K)
    for (std::size_t k = 0; k < K; ++k) image[i + k] = slopes_[k] * from[i + k] + offsets_[k];
  detail::softmax_rows().apply(image.data(), from.size() / K, K, p.data());
  return 0;
}

std::vector<parameter> vector_scaling::parameters() const {
  return {{"slopes", {slopes_.size()}, slopes_}, {"offsets", {offsets_.size()}, offsets_}};
}

matrix_scaling::matrix_scaling(score_form form, const parameter_list& stored)
    : form_(form),
      matrix_(stored.numbers("matrix", std::array{stored.classes(), stored.classes()})),
      offsets_(stored.numbers("offsets", std::array{stored.classes()})) {}

std::size_t matrix_scaling::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  // Row by row, so that a row's image does not depend on how many rows come with it.
  std::vector<double> image(K);
  detail::softmax_rows softmax;
  for (std::size_t i = 0; i < from.size(); i += K) {
    for (std::size_t k = 0; k < K; ++k) {
      const double* const weights = matrix_.data() + k * K;
      double total = offsets_[k];
      for (std::size_t j = 0; j < K; ++j) total += weights[j] * from[i + j];
      image[k] = total;
    }
    softmax.apply(image.data(), 1, K, p.data() + i);
  }
  return 0;
}

std::vector<parameter> matrix_scaling::parameters() const {
  const std::size_t K = offsets_.size();
  return {{"matrix", {K, K}, matrix_}, {"offsets", {K}, offsets_}};
}

fitted_map fit_vector_scaling(const training_set& rows) {
  const std::size_t K = rows.classes();
  const temperature_fit start = fit_inverse_temperature(rows, {});
  detail::linear_problem problem{.scores = &rows.in_form(score_form::log_scores),
                                 .shape = linear_shape::diagonal,
                                 .start = scaled_identity(linear_shape::diagonal, K, start.beta),
                                 .strength = std::vector<double>(2 * K, vector_ridge),
                                 .center = {},
                                 .gradient_tolerance = 1e-8};
  problem.center = problem.start;
  detail::linear_fit fit = detail::fit_linear_softmax(rows, problem);
  std::vector<double> slopes(fit.parameters.begin(), fit.parameters.begin() + static_cast<std::ptrdiff_t>(K));
  std::vector<double> offsets(fit.parameters.begin() + static_cast<std::ptrdiff_t>(K), fit.parameters.end());
  centre(offsets);
  fit.report.loss_before = start.report.loss_before;
  fit.report.loss_after = fit.loss;
  if (const auto negative = std::count_if(slopes.begin(), slopes.end(), [](double v) { return v < 0; }); negative > 0)
    fit.report.notes.push_back({"negative_slopes", std::to_string(negative) +
                                                       " classes become less probable as their score grows; look "
                                                       "whether labels and columns are in the same order"});
  return {std::make_unique<vector_scaling>(std::move(slopes), std::move(offsets)), std::move(fit.report)};
}

fitted_map fit_matrix_scaling(const training_set& rows, score_form form, matrix_penalty penalty,
                              const linear_options& options) {
  const std::size_t K = rows.classes();
  const double beta = fit_inverse_temperature(rows, {}).beta;
  strengths chosen{0, 0};
  if (penalty != matrix_penalty::none) chosen = choose_strengths(rows, form, penalty, options, beta);
  detail::linear_fit fit = detail::fit_linear_softmax(
      rows, matrix_problem(rows, form, penalty, chosen, scaled_identity(linear_shape::full, K, beta)));
  const auto matrix_end = fit.parameters.begin() + static_cast<std::ptrdiff_t>(K * K);
  std::vector<double> offsets(matrix_end, fit.parameters.end());
  if (penalty != matrix_penalty::none)
    fit.report.notes.push_back(
        {"regularisation", "lambda = " + short_text(chosen.lambda) +
                               (penalty == matrix_penalty::odir ? ", mu = " + short_text(chosen.mu) : std::string()) +
                               (options.lambda ? " as given" : " by 5-fold cross-validation")});
  fit.report.loss_after = fit.loss;
  return {std::make_unique<matrix_scaling>(form, std::vector<double>(fit.parameters.begin(), matrix_end),
                                           std::move(offsets)),
          std::move(fit.report)};
}

fitted_map fit_smoothed_matrix_scaling(const training_set& rows) {
  const std::size_t K = rows.classes();
  const double beta = fit_inverse_temperature(rows, {}).beta;
  detail::linear_problem problem = matrix_problem(rows, score_form::log_scores, matrix_penalty::none, {0, 0},
                                                  scaled_identity(linear_shape::full, K, beta));
  for (const double N : rows.class_weights()) {
    const double whole = N + static_cast<double>(K);
    problem.targets.own.push_back((N + 1) / whole);
    problem.targets.other.push_back(1 / whole);
  }
  detail::linear_fit fit = detail::fit_linear_softmax(rows, problem);
  const auto matrix_end = fit.parameters.begin() + static_cast<std::ptrdiff_t>(K * K);
  return {
      std::make_unique<matrix_scaling>(score_form::log_scores, std::vector<double>(fit.parameters.begin(), matrix_end),
                                       std::vector<double>(matrix_end, fit.parameters.end())),
      std::move(fit.report)};
}

std::string vector_scaling::describe(operator_graph& graph, const std::string& from) const {
  return graph.softmax(graph.sum(graph.product(from, graph.row(slopes_)), graph.row(offsets_)));
}

std::string matrix_scaling::describe(operator_graph& graph, const std::string& from) const {
  const std::size_t K = offsets_.size();
  std::vector<double> transposed(K * K);
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t j = 0; j < K; ++j) transposed[j * K + k] = matrix_[k * K + j];
  const std::string image = graph.apply("MatMul", {from, graph.numbers(transposed, {K, K})});
  return graph.softmax(graph.sum(image, graph.row(offsets_)));
}

}  // namespace calibrant
