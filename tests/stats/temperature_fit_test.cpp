// The temperature that minimises the log loss, beside a search that knows nothing of slopes.
#include <calibrant/stats/temperature_fit.hpp>

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace calibrant {
namespace {

struct fit_data {
  std::vector<double> z;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  std::size_t classes;

  [[nodiscard]] temperature_rows rows() const {
    return {.log_scores = z,
            .classes = classes,
            .label = [this](std::size_t i) { return labels[i]; },
            .weight = [this](std::size_t i) { return weights[i]; }};
  }
  [[nodiscard]] double loss(double beta) const {
    double sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i)
      sum -= weights[i] * std::log(tempered_probability(rows().row(i), static_cast<std::size_t>(labels[i]), beta));
    return sum;
  }
};

/// Logits of n rows over four classes, labels drawn from softmax(beta z).
fit_data drawn(std::size_t n, double beta, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 2);
  std::uniform_real_distribution<double> uniform;
  fit_data data{.z = {}, .labels = {}, .weights = std::vector<double>(n, 1.0), .classes = 4};
  for (std::size_t i = 0; i < n; ++i) {
    double total = 0;
    double p[4];
    for (double& x : p) {
      data.z.push_back(normal(random) - 20);
      total += x = std::exp(beta * (data.z.back() + 20));
    }
    double u = uniform(random) * total;
    std::int32_t label = 0;
    while (label < 3 && u >= p[label]) u -= p[label++];
    data.labels.push_back(label);
  }
  return data;
}

const auto every_row = [](std::size_t) { return true; };

TEST(TemperatureFit, MinimisesTheLoss) {
  for (const double truth : {0.1, 0.7, 1.0, 4.0}) {
    const fit_data data = drawn(4000, truth, 3);
    const double beta = fitted_inverse_temperature(data.rows(), every_row);
    EXPECT_NEAR(std::log(beta), std::log(truth), 0.2);
    const double least = data.loss(beta);
    for (const double step : {1e-3, 1e-2, 0.5}) {
      EXPECT_GT(data.loss(beta * (1 + step)), least) << truth;
      EXPECT_GT(data.loss(beta * (1 - step)), least) << truth;
    }
  }
}

TEST(TemperatureFit, ReadsTheChosenRowsAlone) {
  fit_data data = drawn(600, 0.5, 4);
  const fit_data other = drawn(600, 3, 5);
  const double alone = fitted_inverse_temperature(data.rows(), every_row);
  data.z.insert(data.z.end(), other.z.begin(), other.z.end());
  data.labels.insert(data.labels.end(), other.labels.begin(), other.labels.end());
  data.weights.resize(1200, 1.0);
  EXPECT_EQ(fitted_inverse_temperature(data.rows(), [](std::size_t i) { return i < 600; }), alone);
  EXPECT_GT(fitted_inverse_temperature(data.rows(), every_row), alone);
}

TEST(TemperatureFit, WeightsAreRepetition) {
  fit_data data = drawn(300, 0.5, 6);
  fit_data repeated = data;
  for (std::size_t i = 0; i < 300; i += 3) {
    data.weights[i] = 3;
    for (int again = 0; again < 2; ++again) {
      for (std::size_t k = 0; k < 4; ++k) repeated.z.push_back(data.z[4 * i + k]);
      repeated.labels.push_back(data.labels[i]);
      repeated.weights.push_back(1);
    }
  }
  EXPECT_EQ(fitted_inverse_temperature(data.rows(), every_row), fitted_inverse_temperature(repeated.rows(), every_row));
}

TEST(TemperatureFit, EndsWhereThereIsNoMinimum) {
  // The label always has the largest score: colder for ever.
  const fit_data right{.z = {-1, -2, -3, -1}, .labels = {0, 1}, .weights = {1, 1}, .classes = 2};
  EXPECT_EQ(fitted_inverse_temperature(right.rows(), every_row), 1);
  const fit_data wrong{.z = {-1, -2, -3, -1}, .labels = {1, 0}, .weights = {1, 1}, .classes = 2};
  EXPECT_NEAR(fitted_inverse_temperature(wrong.rows(), every_row), std::exp(-10.0), 1e-12);
  const fit_data flat{.z = {-1, -1}, .labels = {1}, .weights = {1}, .classes = 2};
  EXPECT_EQ(fitted_inverse_temperature(flat.rows(), every_row), 1);
  EXPECT_EQ(fitted_inverse_temperature(right.rows(), [](std::size_t) { return false; }), 1);
}

}  // namespace
}  // namespace calibrant
