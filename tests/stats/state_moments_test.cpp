// The moments that inference reads from the states, against their definition over the rows.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stats/test_cells.hpp"
#include "support/measure.hpp"

namespace calibrant::testing {
namespace {

/// The rows of one class column, or of the top label (column < 0).
std::vector<weighted_row> rows_of(const dataset& data, int column) {
  std::vector<weighted_row> rows;
  for (std::size_t i = 0; i < data.rows(); ++i) {
    const double* const p = data.row(i);
    const auto k = column < 0 ? static_cast<std::size_t>(std::max_element(p, p + data.classes) - p)
                              : static_cast<std::size_t>(column);
    const double w = data.weights.empty() ? 1 : data.weights[i];
    if (w > 0) rows.push_back({p[k], data.labels[i] == static_cast<std::int32_t>(k), w});
  }
  return rows;
}

void expect_same(const std::vector<cell_moments>& got, const std::vector<cell_moments>& expected,
                 const std::string& where) {
  ASSERT_EQ(got.size(), expected.size()) << where;
  for (std::size_t b = 0; b < got.size(); ++b) {
    EXPECT_NEAR(got[b].weight, expected[b].weight, 1e-13) << where;
    EXPECT_NEAR(got[b].rows, expected[b].rows, 1e-10) << where;
    EXPECT_NEAR(got[b].confidence, expected[b].confidence, 1e-13) << where;
    EXPECT_NEAR(got[b].accuracy, expected[b].accuracy, 1e-13) << where;
    EXPECT_NEAR(got[b].residual_square, expected[b].residual_square, 1e-13) << where;
    EXPECT_NEAR(got[b].bernoulli_variance, expected[b].bernoulli_variance, 1e-13) << where;
  }
}

TEST(StateMoments, AreThoseOfTheRows) {
  for (const weight_kind kind : {weight_kind::frequency, weight_kind::importance})
    for (const bool real : {false, true}) {
      dataset data = random_probabilities(400, 3, 77);
      if (real)
        add_real_weights(data, 78);
      else
        add_integer_weights(data, 79);
      const auto row_kind = kind == weight_kind::importance ? row_weights::importance : row_weights::frequency;
      const panel_state state = measure(data, {.bins = 16, .weights = kind}).total();
      const std::string where = std::string(name_of(kind)) + (real ? ", real" : ", integer");
      expect_same(state.top_label.bin_moments(), cells_from(rows_of(data, -1), 16, row_kind), where + ", top label");
      for (int k = 0; k < 3; ++k)
        expect_same(state.classwise.class_moments(static_cast<std::size_t>(k), state.scores.total_weight()),
                    cells_from(rows_of(data, k), 16, row_kind), where + ", class " + std::to_string(k));
      // Given the predicted class: the rows of each class in turn, as shares of all rows.
      std::vector<cell_moments> conditional;
      const std::vector<weighted_row> all = rows_of(data, -1);
      double total = 0;
      for (const weighted_row& row : all) total += row.weight;
      for (int k = 0; k < 3; ++k) {
        std::vector<std::size_t> predicted;
        for (std::size_t i = 0; i < data.rows(); ++i)
          if (std::max_element(data.row(i), data.row(i) + 3) - data.row(i) == k) predicted.push_back(i);
        const std::vector<weighted_row> rows = rows_of(take(data, predicted), -1);
        double part = 0;
        for (const weighted_row& row : rows) part += row.weight;
        for (cell_moments cell : cells_from(rows, 16, row_kind)) {
          cell.weight *= part / total;
          conditional.push_back(cell);
        }
      }
      expect_same(state.top_label.conditional_moments(), conditional, where + ", given the class");
    }
}

}  // namespace
}  // namespace calibrant::testing
