// The null moments of log loss and Brier score are kept to seven digits per row. Where a calibrated model can hardly
// vary (rows close to uniform) that rounding must not be taken for miscalibration.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/measure.hpp"
#include "support/outputs.hpp"

namespace calibrant::testing {
namespace {

/// Rows (1 + deviation x normal) / K, labels drawn from them, stored as float32.
dataset nearly_uniform(std::size_t n, std::size_t classes, double deviation, std::uint64_t seed) {
  dataset data{.name = "nearly uniform", .classes = classes};
  generator random(seed);
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> z(classes);
    for (double& x : z) x = deviation * random.normal();
    std::vector<double> p = softmax(z);
    for (double& x : p) x = static_cast<double>(static_cast<float>(x));
    data.push(p, random.label(p));
  }
  return data;
}

TEST(NullResolution, NearlyUniformRowsAreNotCalledMiscalibrated) {
  for (const std::size_t classes : {2, 3, 7, 10, 100, 1000})
    for (const double deviation : {0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2}) {
      const dataset data = nearly_uniform(20000 / classes + 300, classes, deviation, 17 + classes);
      const numbers all = metric_numbers(measure_view(data, stored_scores<float>(data).view()).total());
      for (const char* metric : {"log_loss", "brier"})
        EXPECT_GT(all.at(std::string(metric) + ".p_value"), 1e-4)
            << metric << ", K = " << classes << ", deviation " << deviation << ": "
            << all.at(std::string(metric) + ".value") << " where " << all.at(std::string(metric) + ".expected")
            << " is expected";
    }
}

}  // namespace
}  // namespace calibrant::testing
