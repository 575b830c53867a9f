// The definition of the row kernels in plain C++. Every vector target repeats these operations in this order.

#include <bit>
#include <cmath>
#include <limits>

#include "kernels.hpp"
#include "scalar_math.hpp"
#include "targets.hpp"

namespace calibrant::simd {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Sum of the entries of a row in the order that all targets share.
template <class Real>
class lane_sum {
 public:
  void add(std::size_t j, Real x) noexcept { lane_[j % sum_lanes] += x; }
  [[nodiscard]] Real value() const noexcept {
    return ((lane_[0] + lane_[4]) + (lane_[2] + lane_[6])) + ((lane_[1] + lane_[5]) + (lane_[3] + lane_[7]));
  }

 private:
  Real lane_[sum_lanes] = {};
};

/// Sum of float32 terms, block by block. Terms arrive in increasing j.
class block_sum {
 public:
  void add(std::size_t j, float x) noexcept {
    if (j != 0 && j % sum_block == 0) {
      blocks_ += static_cast<double>(block_.value());
      block_ = {};
    }
    block_.add(j, x);
  }
  [[nodiscard]] double value() const noexcept { return blocks_ + static_cast<double>(block_.value()); }

 private:
  lane_sum<float> block_;
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
    lane_sum<double> squares;
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
      cubes.add(j, rounded * rounded * rounded);
      const float log_p = scalar::log_f32(rounded);
      const float p_log_p = rounded * log_p;
      negative_entropy.add(j, p_log_p);
      surprise.add(j, p_log_p * log_p);
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
void softmax(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels, double* p,
             const row_summaries& out) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const T* row = rows[i];
    double* p_row = p + i * K;
    const largest best = largest_entry(row, K);
    bool valid = std::isfinite(best.value);
    lane_sum<double> exponentials;
    for (std::size_t j = 0; j < K; ++j) {
      const double z = to_double(row[j]);
      valid = valid && !std::isnan(z);
      p_row[j] = scalar::exp_f64(z - best.value);
      exponentials.add(j, p_row[j]);
    }
    const double sum = valid ? exponentials.value() : nan;
    const double scale = 1.0 / sum;
    const double log_sum = scalar::log_f64(sum);
    lane_sum<double> squares;
    lane_sum<double> cubes;
    lane_sum<double> negative_entropy;
    lane_sum<double> surprise;
    for (std::size_t j = 0; j < K; ++j) {
      const double q = p_row[j] * scale;
      p_row[j] = q;
      squares.add(j, q * q);
      cubes.add(j, q * q * q);
      const double log_q = (to_double(row[j]) - best.value) - log_sum;
      const double q_log_q = q * log_q;
      negative_entropy.add(j, q == 0.0 ? 0.0 : q_log_q);
      surprise.add(j, q == 0.0 ? 0.0 : q_log_q * log_q);
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

/// x in units of the last place of `magic`, for x that leave magic + x in the binade of magic.
std::uint64_t grid_steps(double x, double magic) noexcept {
  return std::bit_cast<std::uint64_t>(x + magic) - std::bit_cast<std::uint64_t>(magic);
}

std::int64_t& add_steps(std::int64_t& sum, std::uint64_t steps) noexcept {
  return sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + steps);
}

template <class T>
std::size_t accumulate_columns(const T* const* rows, std::size_t n, std::size_t K, double threshold,
                               std::int64_t* totals, std::int64_t* squares, large_entry* entries) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < K; ++k) {
      const double p = to_double(rows[i][k]);
      add_steps(totals[k], grid_steps(p, 2.0));
      add_steps(squares[k], grid_steps(p * p, 2.0));
      if (p >= threshold) {
        entries[count++] = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k), p};
      }
    }
  }
  return count;
}

std::int64_t exact_sum(const double* x, std::size_t n, double magic) noexcept {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) add_steps(sum, grid_steps(x[i], magic));
  return sum;
}

template <class T>
constexpr row_kernels<T> rows_of = {summarize_probabilities<T>, softmax<T>, accumulate_columns<T>};

constexpr kernels table = {"scalar", rows_of<float>, rows_of<double>, rows_of<float16>, exact_sum};

}  // namespace

const kernels& scalar_kernels() noexcept { return table; }

}  // namespace calibrant::simd
