// More than 2^31 scores in one batch.
#include <vector>

#include <gtest/gtest.h>

#include "support/measure.hpp"
#include "support/outputs.hpp"

namespace calibrant::testing {
namespace {

/// A row that stands there n times without taking memory (stride 0) counts like one row of weight n.
TEST(SizeLaws, MoreThanTwoToThe31Scores) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
  GTEST_SKIP() << "takes minutes in instrumented code; the other builds run it";
#endif
  const dataset row = slice(random_probabilities(1, 2048, 3), 0, 1);
  const stored_scores<float> stored(row);
  const std::size_t n = (std::size_t{1} << 31) / row.classes + 1000;
  const std::vector<std::int32_t> labels(n, row.labels[0]);
  const auto broadcast = [&](const auto& view) -> matrix_view {
    auto every_row = view;
    every_row.rows = n;
    every_row.row_stride = 0;
    return every_row;
  };

  thread_pool pool(2);
  evaluator pass(config_of(row), {}, pool);
  pass.accumulate(
      {.values = probabilities(stored.view().visit(broadcast)), .labels = labels, .source = 0, .first_row = 0});
  const evaluation_state repeated = pass.finish({{.path = "rows", .rows = n, .sha256 = {}}}, {}, {}, false);
  EXPECT_EQ(repeated.counts.measured, n);

  dataset weighted = row;
  weighted.weights = {static_cast<double>(n)};
  EXPECT_EQ(differences(all_numbers(repeated.total()), all_numbers(measure_view(weighted, stored.view()).total())), "");
}

}  // namespace
}  // namespace calibrant::testing
