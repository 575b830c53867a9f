#include "io/detail/positive_column.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace calibrant::io {
namespace {

constexpr double clip_tolerance = 1e-6;

/// Records why p is no probability. A row that is refused already is not counted twice.
void refuse(const positive_column& from, double p, std::size_t row, batch_buffers& into, row_problems& problems) {
  if (std::exchange(into.labels[row], refused_label) == refused_label) return;
  const row_problem problem = !std::isfinite(p) ? row_problem::not_finite
                              : p < 0           ? row_problem::negative
                                                : row_problem::above_one;
  const bool first = problems[problem].count == 0;
  const std::string got = std::isnan(p)   ? "NaN or nothing"
                          : std::isinf(p) ? (p > 0 ? "infinity" : "-infinity")
                                          : fmt::format("{:.6g}", p);
  problems.record(
      problem, into.source, into.first_row + row,
      !first ? ""
             : fmt::format("has {} in column \"{}\", expected a probability from 0 to 1{}", got, from.name,
                           p > 1 && p <= 100  ? "; if these are percentages, say so with --scale percent; if they are "
                                                "logits, with --logits"
                           : std::isfinite(p) ? "; declare --logits if the scores are logits"
                                              : ""));
}

}  // namespace

void expand_positive(const positive_column& from, score_kind kind, batch_buffers& into, row_problems& problems) {
  const matrix_view read = view_of(into.batch(score_kind::probabilities, from.columns).values);
  std::vector<double> rows(2 * into.rows);
  for (std::size_t i = 0; i < into.rows; ++i) {
    const double x = read.at(i, from.column);
    double* const row = rows.data() + 2 * i;
    if (kind == score_kind::logits) {
      row[from.positive] = x;
      continue;
    }
    const bool good = x >= 0 && x <= 1 + clip_tolerance;
    if (!good) refuse(from, x, i, into, problems);
    row[from.positive] = good ? x : 1;
    row[1 - from.positive] = good ? std::max(0.0, 1 - x) : 0;
  }
  into.type = score_type::float64;
  into.float64.swap(rows);
}

}  // namespace calibrant::io
