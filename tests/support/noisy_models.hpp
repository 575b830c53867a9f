#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/comparison.hpp>
#include <calibrant/evaluation/evaluator.hpp>
#include <calibrant/math/normal.hpp>

namespace calibrant::testing {

/// Rows of two classes that models answer: p of class 1, as float64.
struct answers {
  std::vector<double> p;
  std::vector<std::int32_t> labels;
  std::vector<double> weights = {};
  std::vector<std::uint64_t> keys = {};
};

/// What a comparison keeps of the answers of one model.
inline row_outcomes outcomes_of(const std::string& name, const answers& given, std::size_t threads = 1,
                                pass_options pass = {}) {
  const std::size_t n = given.p.size();
  std::vector<double> rows;
  for (const double p : given.p) rows.insert(rows.end(), {1 - p, p});
  row_outcomes outcomes{.name = name, .classes = class_names::indexed(2)};
  thread_pool pool(threads);
  evaluation_config config{.classes = outcomes.classes, .kind = score_kind::probabilities};
  config.parts = panel_part::top_label | panel_part::proper_scores;
  evaluator evaluating(config, pass, pool);
  evaluating.accumulate({.values = probabilities(basic_matrix_view<double>::contiguous(rows.data(), n, 2)),
                         .labels = given.labels,
                         .weights = given.weights,
                         .keys = given.keys},
                        &outcomes);
  outcomes.counts = evaluating.finish({{.path = name, .rows = n, .sha256 = {}}}, {}, {}, !given.weights.empty()).counts;
  return outcomes;
}

inline comparison comparison_of(const answers& a, const answers& b, const comparison_options& options = {},
                                std::size_t threads = 1) {
  thread_pool pool(threads);
  std::vector<row_outcomes> models;
  models.push_back(outcomes_of("a", a, threads));
  models.push_back(outcomes_of("b", b, threads));
  return compare(std::move(models), options, pool);
}

/// A model that sees the truth through noise: y = 1{s + e > 0}, s ~ N(0, 2.25), e ~ N(0, 1), and the model x = s +
/// noise N(0, 1). P(y = 1 | x) = Phi(k x / sqrt(1 + k noise^2)), k = 2.25 / (2.25 + noise^2), so it is calibrated; a
/// factor on its logit makes it over- or under-confident.
struct noisy_model {
  double noise = 1;
  double factor = 1;

  [[nodiscard]] double answer(double s, double z) const {
    constexpr double variance = 2.25;
    const double k = variance / (variance + noise * noise);
    const double probit = k * (s + noise * z) / std::sqrt(1 + k * noise * noise);
    const double logit = factor * (std::log(normal_cdf(probit)) - std::log(normal_cdf(-probit)));
    return 1 / (1 + std::exp(-logit));
  }
};

/// n rows that two models answer.
inline std::pair<answers, answers> draw_answers(std::size_t n, const noisy_model& a, const noisy_model& b,
                                                std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::pair<answers, answers> drawn;
  for (std::size_t i = 0; i < n; ++i) {
    const double s = 1.5 * normal(random);
    const std::int32_t y = s + normal(random) > 0 ? 1 : 0;
    drawn.first.p.push_back(a.answer(s, normal(random)));
    drawn.second.p.push_back(b.answer(s, normal(random)));
    drawn.first.labels.push_back(y);
    drawn.second.labels.push_back(y);
  }
  return drawn;
}

}  // namespace calibrant::testing
