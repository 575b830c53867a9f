#include <gtest/gtest.h>
#include <calibrant/metrics/equal_width_error.hpp>
#include <calibrant/metrics/expected_calibration_error.hpp>

#include <random>

#include "support/dataset.hpp"
#include "support/measure.hpp"

namespace calibrant::testing {
namespace {

dataset random_rows() {
  dataset data{.name = "random rows", .classes = 3};
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int i = 0; i < 400; ++i) {
    const double a = unit(random);
    const double b = (1 - a) * unit(random);
    data.push({a, b, 1 - a - b}, static_cast<std::int32_t>(random() % 3));
  }
  return data;
}

TEST(EqualWidthError, IsTheEceOfAsManyBins) {
  for (const bool weighted : {false, true}) {
    dataset data = random_rows();
    if (weighted)
      for (std::size_t i = 0; i < data.rows(); ++i) data.weights.push_back(static_cast<double>(1 + i % 3));
    for (const std::size_t bins : {1, 3, 10, 15, 64}) {
      const evaluation_state state = measure(data, {.bins = bins});
      const estimate cells = expected_calibration_error(only_panel(state).top_label);
      const estimate rows = equal_width_error(only_panel(state).confidences.sorted(), bins);
      EXPECT_EQ(rows.value.value, cells.value.value) << bins;
      EXPECT_EQ(rows.uncertainty.bounds, cells.uncertainty.bounds) << bins;
      EXPECT_EQ(rows.expected_if_calibrated.value, cells.expected_if_calibrated.value) << bins;
    }
  }
}

TEST(EqualWidthError, MicroBinsGiveNoValue) {
  const evaluation_state state = measure(random_rows(), {.exact_rows = 100});
  EXPECT_FALSE(equal_width_error(only_panel(state).confidences.sorted(), 10).value.value);
}

TEST(EqualWidthError, NoRowsGiveNoValue) { EXPECT_FALSE(equal_width_error(sorted_forecasts(), 10).value.value); }

}  // namespace
}  // namespace calibrant::testing
