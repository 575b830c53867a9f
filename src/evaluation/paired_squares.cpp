#include "evaluation/detail/paired_squares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <calibrant/core/bin_edges.hpp>
#include <calibrant/math/normal.hpp>
#include <calibrant/metrics/debiased_calibration_error.hpp>

#include "evaluation/detail/drawn_rows.hpp"

namespace calibrant::detail {
namespace {

constexpr std::size_t block_rows = 256;

/// Poisson number of this mean at the quantile u of 32 bits: by its masses up to a mean of 30, above by the normal
/// quantile and its first correction (Cornish and Fisher 1938), whose error is below a tenth of a row.
double poisson_number(double mean, std::uint32_t u) {
  const double p = (static_cast<double>(u) + 0.5) * 0x1p-32;
  if (mean > 30) {
    const double z = normal_quantile(p);
    return std::max(0.0, std::floor(mean + z * std::sqrt(mean) + (z * z - 1) / 6 + 0.5));
  }
  double mass = std::exp(-mean);
  double below = mass;
  double m = 0;
  while (below <= p && m < 200) {
    ++m;
    mass *= mean / m;
    below += mass;
  }
  return m;
}

struct weighted_draw {
  std::vector<std::uint32_t> rows;
  std::vector<double> weights;
};

/// What one thread draws: rows as often as they come, or rows with how often they come or with their own weight.
struct draw_memory {
  std::array<drawn_rows, 2> plain;
  std::array<weighted_draw, 2> weighted;

  void draw(const paired_rows& rows, std::uint64_t seed, std::size_t pair) {
    if (rows.weights.empty() || rows.kind == weight_kind::importance) {
      draw_pair(seed, pair, rows.keys, plain);
      if (rows.weights.empty()) return;
      for (std::size_t r = 0; r < 2; ++r) {
        const auto drawn = plain[r].rows();
        weighted[r].rows.assign(drawn.begin(), drawn.end());
        weighted[r].weights.resize(drawn.size());
        for (std::size_t i = 0; i < drawn.size(); ++i) weighted[r].weights[i] = rows.weights[drawn[i]];
      }
      return;
    }
    const counter_random random(seed, pair);
    for (weighted_draw& each : weighted) {
      each.rows.clear();
      each.weights.clear();
    }
    for (std::size_t i = 0; i < rows.keys.size(); ++i) {
      const std::uint64_t bits = random.bits(rows.keys[i]);
      for (std::size_t r = 0; r < 2; ++r) {
        const auto u = static_cast<std::uint32_t>(r == 0 ? bits : bits >> 32);
        const double w = rows.weights[i];
        // As often as the row would come without weights where there is one of it.
        const double count = w == 1 ? static_cast<double>(poisson(u)) : poisson_number(w, u);
        if (count == 0) continue;
        weighted[r].rows.push_back(static_cast<std::uint32_t>(i));
        weighted[r].weights.push_back(count);
      }
    }
  }
};

/// Sums per bin of one model, for the variance.
struct binned_residuals {
  binned_residuals(const row_outcomes& model, const paired_rows& rows)
      : bin(model.rows()), residual(model.rows()), weight(rows.bins) {
    const bin_edges edges = bin_edges::equal_width(rows.bins);
    std::vector<double> sum(rows.bins);
    for (std::size_t i = 0; i < model.rows(); ++i) {
      const double w = rows.weights.empty() ? 1.0 : rows.weights[i];
      bin[i] = static_cast<std::uint32_t>(edges.bin_of(model.confidence[i]));
      residual[i] = model.confidence[i] - (model.results[i] == row_outcomes::result::right ? 1.0 : 0.0);
      weight[bin[i]] += w;
      sum[bin[i]] += w * residual[i];
    }
    for (std::size_t i = 0; i < model.rows(); ++i) residual[i] -= sum[bin[i]] / weight[bin[i]];
  }

  std::vector<std::uint32_t> bin;
  std::vector<double> residual;
  std::vector<double> weight;
};

}  // namespace

top_label_cells cells_of(const row_outcomes& model, const paired_rows& rows, std::span<const std::uint32_t> drawn,
                         std::span<const double> weights) {
  top_label_cells cells(1, bin_edges::equal_width(rows.bins), rows.kind);
  pending_cells pending;
  std::array<double, block_rows> confidence{};
  std::array<std::int32_t, block_rows> prediction{};
  std::array<std::int32_t, block_rows> label{};
  for (std::size_t first = 0; first < drawn.size(); first += block_rows) {
    row_block block{.rows = std::min(block_rows, drawn.size() - first)};
    for (std::size_t i = 0; i < block.rows; ++i) {
      const std::size_t row = drawn[first + i];
      confidence[i] = model.confidence[row];
      label[i] = model.results[row] == row_outcomes::result::right ? 0 : 1;
    }
    block.summaries.confidence = confidence.data();
    block.summaries.prediction = prediction.data();
    block.labels = label.data();
    if (!weights.empty()) block.weights = weights.data() + first;
    cells.accumulate(block, pending);
  }
  cells.flush(pending);
  return cells;
}

std::vector<std::vector<double>> replicate_squares(const paired_rows& rows, std::size_t replicates, std::uint64_t seed,
                                                   thread_pool& pool) {
  std::vector<std::vector<double>> squares(rows.models.size(), std::vector<double>(replicates));
  const std::size_t pairs = (replicates + 1) / 2;
  const std::size_t parts = std::min(pairs, 8 * pool.size());
  pool.run(parts, [&](std::size_t part) {
    draw_memory memory;
    for (std::size_t pair = pairs * part / parts; pair < pairs * (part + 1) / parts; ++pair) {
      memory.draw(rows, seed, pair);
      for (std::size_t r = 2 * pair; r < std::min(2 * pair + 2, replicates); ++r)
        for (std::size_t m = 0; m < rows.models.size(); ++m) {
          const weighted_draw& weighted = memory.weighted[r % 2];
          squares[m][r] = debiased_squared_error(rows.weights.empty()
                                                     ? cells_of(rows.models[m], rows, memory.plain[r % 2].rows(), {})
                                                     : cells_of(rows.models[m], rows, weighted.rows, weighted.weights));
        }
    }
  });
  return squares;
}

double quadratic_variance(const row_outcomes& a, const row_outcomes& b, const paired_rows& rows) {
  const std::size_t B = rows.bins;
  const binned_residuals of_a(a, rows);
  const binned_residuals of_b(b, rows);
  std::vector<double> squares_a(B);
  std::vector<double> squares_b(B);
  std::vector<double> products(B * B);
  double W = 0;
  double own = 0;  // the part of i = j
  for (std::size_t i = 0; i < a.rows(); ++i) {
    const double w = rows.weights.empty() ? 1.0 : rows.weights[i];
    const bool importance = rows.kind == weight_kind::importance;
    const double v = importance ? w * w : w;
    const double r_a = of_a.residual[i];
    const double r_b = of_b.residual[i];
    W += w;
    squares_a[of_a.bin[i]] += v * r_a * r_a;
    squares_b[of_b.bin[i]] += v * r_b * r_b;
    products[of_a.bin[i] * B + of_b.bin[i]] += v * r_a * r_b;
    const double difference = r_b * r_b / of_b.weight[of_b.bin[i]] - r_a * r_a / of_a.weight[of_a.bin[i]];
    own += (importance ? v * v : v) * difference * difference;
  }
  double sum = 0;
  for (std::size_t k = 0; k < B; ++k) {
    if (of_a.weight[k] > 0) sum += squares_a[k] / of_a.weight[k] * (squares_a[k] / of_a.weight[k]);
    if (of_b.weight[k] > 0) sum += squares_b[k] / of_b.weight[k] * (squares_b[k] / of_b.weight[k]);
    for (std::size_t l = 0; l < B; ++l)
      if (const double x = products[k * B + l]; x != 0) sum -= 2 * (x / of_a.weight[k]) * (x / of_b.weight[l]);
  }
  return std::max(0.0, 2 * (sum - own) / (W * W));
}

}  // namespace calibrant::detail
