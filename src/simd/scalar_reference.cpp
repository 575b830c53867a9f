// The definition of the row kernels in plain C++. Every vector target repeats these operations in this order.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "kernels.hpp"
#include "scalar_learning.hpp"
#include "scalar_math.hpp"
#include "targets.hpp"

namespace calibrant::simd {
namespace {

using scalar::add_logistic_rows;
using scalar::add_panel_product;
using scalar::add_vector_rows;
using scalar::add_vector_rows_single;
using scalar::sigmoids;
using scalar::softmax_panels;
using scalar::temper_single;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// ((0+4)+(2+6)) + ((1+5)+(3+7))
template <class Real>
Real sum_of_lanes(const Real* lane) noexcept {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/// Sum of the entries of a row in the order that all targets share.
class lane_sum {
 public:
  void add(std::size_t j, double x) noexcept { lane_[j % sum_lanes] += x; }
  void add_product(std::size_t j, double x, double y) noexcept {
    double& lane = lane_[j % sum_lanes];
    lane = std::fma(x, y, lane);
  }
  [[nodiscard]] double value() const noexcept { return sum_of_lanes(lane_); }

 private:
  double lane_[sum_lanes] = {};
};

/// Sum of float32 terms or products, block by block. They arrive in increasing j.
class block_sum {
 public:
  void add(std::size_t j, float x) noexcept {
    start(j);
    lane_[j % block_lanes] += x;
  }
  void add_product(std::size_t j, float x, float y) noexcept {
    start(j);
    float& lane = lane_[j % block_lanes];
    lane = std::fma(x, y, lane);
  }
  [[nodiscard]] double value() const noexcept { return blocks_ + static_cast<double>(block()); }

 private:
  void start(std::size_t j) noexcept {
    if (j == 0 || j % sum_block != 0) return;
    blocks_ += static_cast<double>(block());
    std::fill_n(lane_, block_lanes, 0.0F);
  }
  [[nodiscard]] float block() const noexcept {
    float joined[sum_lanes];
    for (std::size_t l = 0; l < sum_lanes; ++l) joined[l] = lane_[l] + lane_[l + sum_lanes];
    return sum_of_lanes(joined);
  }

  float lane_[block_lanes] = {};
  double blocks_ = 0.0;
};

struct largest {
  double value = -infinity;
  std::size_t index = 0;
};

/// Lowest index among the largest entries; NaN is passed over; index 0 if nothing exceeds -infinity.
template <class T>
largest largest_entry(const T* row, std::size_t K) noexcept {
  largest best;
  for (std::size_t j = 0; j < K; ++j) {
    const double x = to_double(row[j]);
    if (x > best.value) best = {x, j};
  }
  return best;
}

template <class T>
void summarize_probabilities(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                             const row_summaries& out) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const T* row = rows[i];
    lane_sum squares;
    block_sum total;
    block_sum cubes;
    block_sum negative_entropy;
    block_sum surprise;
    double smallest = infinity;
    for (std::size_t j = 0; j < K; ++j) {
      const double p = to_double(row[j]);
      smallest = p < smallest ? p : smallest;
      squares.add(j, p * p);
      const auto rounded = static_cast<float>(p);
      total.add(j, rounded);
      cubes.add_product(j, rounded * rounded, rounded);
      const float log_p = scalar::log_f32(rounded);
      const float p_log_p = rounded * log_p;
      negative_entropy.add(j, p_log_p);
      surprise.add_product(j, p_log_p, log_p);
    }
    const largest best = largest_entry(row, K);
    const double p_label = to_double(row[labels[i]]);
    out.confidence[i] = best.value;
    out.prediction[i] = static_cast<std::int32_t>(best.index);
    out.label_probability[i] = p_label;
    out.total[i] = total.value();
    out.smallest[i] = smallest + 0.0;  // -0 becomes +0
    out.sum_squares[i] = squares.value();
    out.sum_cubes[i] = cubes.value();
    out.entropy[i] = 0.0 - negative_entropy.value();
    out.squared_surprise[i] = surprise.value();
    out.log_loss[i] = 0.0 - scalar::log_f64(p_label);
  }
}

template <class T>
void summarize_top_label(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                         const row_summaries& out) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const T* row = rows[i];
    block_sum total;
    double smallest = infinity;
    for (std::size_t j = 0; j < K; ++j) {
      const double p = to_double(row[j]);
      smallest = p < smallest ? p : smallest;
      total.add(j, static_cast<float>(p));
    }
    const largest best = largest_entry(row, K);
    out.confidence[i] = best.value;
    out.prediction[i] = static_cast<std::int32_t>(best.index);
    out.label_probability[i] = to_double(row[labels[i]]);
    out.total[i] = total.value();
    out.smallest[i] = smallest + 0.0;  // -0 becomes +0
  }
}

template <class T>
void softmax(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p,
             const row_summaries& out) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const T* row = rows[i];
    double* p_row = p + i * K;
    const largest best = largest_entry(row, K);
    bool valid = std::isfinite(best.value);
    lane_sum exponentials;
    for (std::size_t j = 0; j < K; ++j) {
      const double z = to_double(row[j]);
      valid = valid && !std::isnan(z);
      p_row[j] = scalar::exp_f64(z - best.value);
      exponentials.add(j, p_row[j]);
    }
    const double sum = valid ? exponentials.value() : nan;
    const double scale = 1.0 / sum;
    const double log_sum = scalar::log_f64(sum);
    lane_sum squares;
    block_sum cubes;
    block_sum negative_entropy;
    block_sum surprise;
    for (std::size_t j = 0; j < K; ++j) {
      const double q = p_row[j] * scale;
      p_row[j] = q;
      squares.add_product(j, q, q);
      const auto rounded = static_cast<float>(q);
      // Both terms are at most 0, so nothing cancels.
      const float log_q = static_cast<float>(to_double(row[j]) - best.value) - static_cast<float>(log_sum);
      const float finite_log = rounded == 0.0F ? 0.0F : log_q;
      const float q_log_q = rounded * finite_log;
      cubes.add_product(j, rounded * rounded, rounded);
      negative_entropy.add(j, q_log_q);
      surprise.add_product(j, q_log_q, finite_log);
    }
    const double loss = log_sum - (to_double(row[labels[i]]) - best.value);
    out.confidence[i] = scale;
    out.prediction[i] = static_cast<std::int32_t>(best.index);
    out.label_probability[i] = p_row[labels[i]];
    out.total[i] = valid ? 1.0 : nan;
    out.smallest[i] = 0.0;
    out.sum_squares[i] = squares.value();
    out.sum_cubes[i] = cubes.value();
    out.entropy[i] = 0.0 - negative_entropy.value();
    out.squared_surprise[i] = surprise.value();
    out.log_loss[i] = loss < 0.0 ? 0.0 : loss;
  }
}

template <class T>
void softmax_alone(const T* const* rows, std::size_t n, std::size_t K, double* p) noexcept {
  for (std::size_t i = 0; i < n; ++i, p += K) {
    const double top = largest_entry(rows[i], K).value;
    lane_sum exponentials;
    for (std::size_t j = 0; j < K; ++j) exponentials.add(j, p[j] = scalar::exp_f64(to_double(rows[i][j]) - top));
    const double scale = 1.0 / exponentials.value();
    for (std::size_t j = 0; j < K; ++j) p[j] *= scale;
  }
}

template <class T>
void temper(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double beta,
            const tempered_rows& out) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const double top = largest_entry(rows[i], K).value;
    const auto shifted = [&](std::size_t j) {
      const double d = to_double(rows[i][j]) - top;
      return d > lowest_shifted_score ? d : lowest_shifted_score;
    };
    lane_sum exponentials;
    lane_sum scores;
    lane_sum squares;
    for (std::size_t j = 0; j < K; ++j) {
      const double d = shifted(j);
      const double e = scalar::exp_f64(d * beta);
      exponentials.add(j, e);
      scores.add(j, e * d);
      squares.add(j, (e * d) * d);
    }
    const double sum = exponentials.value();
    const double mean = scores.value() / sum;
    const double spread = squares.value() / sum - mean * mean;
    const double label = shifted(static_cast<std::size_t>(labels[i]));
    out.loss[i] = scalar::log_f64(sum) - label * beta;
    out.slope[i] = mean - label;
    out.variance[i] = spread > 0.0 ? spread : 0.0;
  }
}

template <class T>
void floored_logs(const T* p, std::size_t count, double floor, double* log_p) noexcept {
  for (std::size_t j = 0; j < count; ++j) {
    const double x = to_double(p[j]);
    log_p[j] = scalar::log_f64(x > floor ? x : floor);
  }
}

/// x in units of the last place of `magic`, for x that leave magic + x in the binade of magic.
std::uint64_t grid_steps(double x, double magic) noexcept {
  return std::bit_cast<std::uint64_t>(x + magic) - std::bit_cast<std::uint64_t>(magic);
}

std::int64_t& add_steps(std::int64_t& sum, std::uint64_t steps) noexcept {
  return sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + steps);
}

/// Lower edge of bin j of B, as numpy.linspace gives it; there is no bin B, so its edge is out of reach.
double lower_edge(std::size_t j, std::size_t bins) noexcept {
  return j < bins ? static_cast<double>(j) * (1.0 / static_cast<double>(bins)) : infinity;
}

/// The largest j <= B - 1 whose lower edge is not above p.
std::size_t bin_of(double p, std::size_t bins) noexcept {
  auto j = static_cast<std::size_t>(p * static_cast<double>(bins));
  while (lower_edge(j, bins) > p) --j;
  while (lower_edge(j + 1, bins) <= p) ++j;
  return j;
}

void add_to_cell(double p, std::int64_t counts, std::int64_t row, std::int64_t hit, pending_cell& cell) noexcept {
  const auto value = static_cast<std::int64_t>(grid_steps(p, 2.0));
  cell.counts += counts;
  cell.value += row * value;
  cell.squares += row * static_cast<std::int64_t>(grid_steps(p * p, 2.0));
  cell.products += hit * value;
}

template <class T>
void accumulate_columns(const T* const* rows, std::size_t n, std::size_t K, std::size_t bins, std::size_t,
                        std::int64_t* totals, std::int64_t* squares, pending_cell* cells) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < K; ++k) {
      const double p = to_double(rows[i][k]);
      add_steps(totals[k], grid_steps(p, 2.0));
      add_steps(squares[k], grid_steps(p * p, 2.0));
      if (const std::size_t bin = bin_of(p, bins); bin != 0)
        add_to_cell(p, pending_cell::one_row, 1, 0, cells[k * bins + bin]);
    }
  }
}

void accumulate_top_labels(const double* c, const std::int32_t* prediction, const std::int32_t* label, std::size_t n,
                           std::size_t bins, pending_cell* cells) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t hit = prediction[i] == label[i];
    add_to_cell(c[i], pending_cell::one_row + hit * pending_cell::one_hit, 1, hit,
                cells[static_cast<std::size_t>(prediction[i]) * bins + bin_of(c[i], bins)]);
  }
}

void accumulate_labels(const double* p, const std::int32_t* label, std::size_t n, std::size_t bins,
                       pending_cell* cells) noexcept {
  for (std::size_t i = 0; i < n; ++i)
    add_to_cell(p[i], pending_cell::one_hit, 0, 1,
                cells[static_cast<std::size_t>(label[i]) * bins + bin_of(p[i], bins)]);
}

row_tally check_rows(const row_summaries& rows, std::size_t n, double tolerance, double loose) noexcept {
  row_tally tally = {};
  for (std::size_t i = 0; i < n; ++i) {
    const double miss = std::abs(rows.total[i] - 1.0);
    tally.bad += !(rows.smallest[i] >= 0.0 && rows.confidence[i] <= 1.0 && miss <= tolerance);
    tally.loose += !(miss <= loose);
  }
  return tally;
}

double score_rows(const row_summaries& rows, std::size_t n, double largest_loss, double beyond_loss,
                  const score_terms& out) noexcept {
  double largest = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const bool beyond = rows.log_loss[i] > largest_loss;
    const double loss = beyond ? beyond_loss : rows.log_loss[i];
    largest = std::max(largest, loss);
    out.beyond[i] = beyond ? 1.0 : 0.0;
    out.log_loss[i] = loss;
    out.squared_log_loss[i] = loss * loss;
    const double squares = rows.sum_squares[i];
    // sum_k (p_k - 1{y=k})^2 = sum_k p_k^2 - 2 p_y + 1
    out.brier[i] = std::clamp((squares - 2.0 * rows.label_probability[i]) + 1.0, 0.0, 2.0);
    out.squared_brier[i] = out.brier[i] * out.brier[i];
    out.entropy[i] = std::clamp(rows.entropy[i], 0.0, 64.0);
    out.surprise_variance[i] = std::clamp(rows.squared_surprise[i] - rows.entropy[i] * rows.entropy[i], 0.0, 512.0);
    out.expected_brier[i] = std::clamp(1.0 - squares, 0.0, 1.0);
    out.brier_variance[i] = std::clamp(4.0 * (rows.sum_cubes[i] - squares * squares), 0.0, 1.0);
    const double c = rows.confidence[i];
    const double slope = 1.0 - 2.0 * c;
    out.spiegelhalter_variance[i] = (slope * slope) * (c * (1.0 - c));
  }
  return largest;
}

std::int64_t exact_sum(const double* x, std::size_t n, double magic) noexcept {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) add_steps(sum, grid_steps(x[i], magic));
  return sum;
}

template <class T>
constexpr row_kernels<T> rows_of = {summarize_probabilities<T>, softmax<T>, softmax_alone<T>, summarize_top_label<T>,
                                    accumulate_columns<T>,      temper<T>,  floored_logs<T>,  add_vector_rows<T>};

constexpr kernels table = {"scalar",
                           rows_of<float>,
                           rows_of<double>,
                           rows_of<float16>,
                           accumulate_top_labels,
                           accumulate_labels,
                           check_rows,
                           score_rows,
                           exact_sum,
                           add_panel_product,
                           temper_single,
                           add_vector_rows_single,
                           softmax_panels,
                           add_logistic_rows,
                           sigmoids};

}  // namespace

const kernels& scalar_kernels() noexcept { return table; }

}  // namespace calibrant::simd
