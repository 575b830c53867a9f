#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "support/dataset.hpp"

namespace calibrant::testing {

/// Rows of an over-confident model.
[[nodiscard]] inline dataset overconfident(std::size_t rows, std::size_t classes) {
  dataset data{.name = "overconfident", .classes = classes};
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(0, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> p(classes);
    std::vector<double> truth(classes);
    double sum = 0;
    double true_sum = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const double z = normal(random);
      sum += p[k] = std::exp(1.6 * z);
      true_sum += truth[k] = std::exp(z);
    }
    for (double& x : p) x /= sum;
    double left = std::uniform_real_distribution<double>(0, true_sum)(random);
    std::size_t label = 0;
    while (label + 1 < classes && (left -= truth[label]) > 0) ++label;
    data.push(p, static_cast<std::int32_t>(label));
  }
  return data;
}

}  // namespace calibrant::testing
