#include <calibrant/metrics/t_cal.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include <calibrant/core/random.hpp>

#include "metrics/detail/resampling.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

/// Sums of a cell of the finest partition: rows, sum (a - c), sum (a - c)^2.
struct cell_sums {
  double rows = 0;
  double drift = 0;
  double squares = 0;

  void add(double c, double rows_here, double hits) noexcept {
    rows += rows_here;
    drift += hits - rows_here * c;
    squares += hits * (1 - c) * (1 - c) + (rows_here - hits) * c * c;
  }
};

/// T_m for m = 2^levels, ..., 4, 2; halves `cells` from level to level.
void statistics(std::vector<cell_sums>& cells, double n, double* to) noexcept {
  for (std::size_t m = cells.size(); m >= 2; m /= 2) {
    double sum = 0;
    for (std::size_t i = 0; i < m; ++i)
      if (cells[i].rows > 0) sum += (cells[i].drift * cells[i].drift - cells[i].squares) / cells[i].rows;
    // To 2^-40: sums that differ by rounding alone are the same statistic.
    *to++ = std::ldexp(std::rint(std::ldexp(sum / n, 40)), -40);
    for (std::size_t i = 0; i < m / 2; ++i) {
      const cell_sums& a = cells[2 * i];
      const cell_sums& b = cells[2 * i + 1];
      cells[i] = {a.rows + b.rows, a.drift + b.drift, a.squares + b.squares};
    }
  }
}

}  // namespace

estimate t_cal(const sorted_forecasts& sorted, const metric_options& options) {
  if (sorted.empty()) return estimate::none(detail::empty_reason);
  if (sorted.kind() == weight_kind::importance || !sorted.counts())
    return estimate::none("needs rows that count: weights are not numbers of rows");
  if (!sorted.exact()) return estimate::none("needs every confidence; they are kept in micro-bins (see --exact-rows)");
  const auto n = static_cast<std::size_t>(sorted.total_weight());
  if (n < 2) return estimate::none("needs at least 2 rows");
  const auto levels = static_cast<std::size_t>(std::bit_width(n)) - 1;
  const std::size_t draws = options.draws;
  const std::size_t finest = std::size_t{1} << levels;
  const auto cell_of = [&](double c) {
    return std::min(static_cast<std::size_t>(c * static_cast<double>(finest)), finest - 1);
  };

  // Row r of the table: T_m of draw r from the finest m on; the last row is what was observed.
  std::vector<double> table((draws + 1) * levels);
  std::vector<cell_sums> cells;
  for (std::size_t r = 0; r <= draws; ++r) {
    cells.assign(finest, {});
    const counter_random random(options.seed, r);
    std::uint64_t row = 0;
    for (std::size_t g = 0; g < sorted.size(); ++g) {
      const double c = sorted.values()[g];
      const auto rows = static_cast<std::uint64_t>(sorted.weights()[g]);
      double hits = sorted.hits()[g];
      if (r < draws) {
        hits = 0;
        for (const std::uint64_t end = row + rows; row < end; ++row) hits += random.uniform(row) < c ? 1 : 0;
      }
      cells[cell_of(c)].add(c, static_cast<double>(rows), hits);
    }
    statistics(cells, static_cast<double>(n), &table[r * levels]);
  }

  const detail::smallest_rank chosen(table, levels);
  double expected = 0;
  for (std::size_t r = 0; r < draws; ++r) expected += table[r * levels + chosen.column(r)] / static_cast<double>(draws);
  return {.value = table[draws * levels + chosen.column(draws)],
          .uncertainty = interval_estimate::none("the outcomes choose the cells; see rmsce"),
          .expected_if_calibrated = expected,
          .p_value = chosen.p_value(),
          .details = {{"cells", static_cast<double>(finest >> chosen.column(draws))}}};
}

}  // namespace calibrant
