#pragma once

// The definition of the kernels that linear calibrators learn with, in plain C++: see scalar_reference.cpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels.hpp"
#include "scalar_math.hpp"

namespace calibrant::simd::scalar {

inline double tree_of_lanes(const double* lane) noexcept {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/// x(j), j < K, becomes exp(x - top); gives their sum. `entry(j)` is a reference.
template <class Entry>
double exponentials_of(std::size_t K, double top, const Entry& entry) noexcept {
  double lanes[sum_lanes] = {};
  for (std::size_t j = 0; j < K; ++j) lanes[j % sum_lanes] += entry(j) = exp_f64(entry(j) - top);
  return tree_of_lanes(lanes);
}

template <class T>
void add_vector_rows(const T* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                     const double* weights, const vector_sums& out) noexcept {
  double* const x = out.memory;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < K; ++k) x[k] = to_double(rows[i][k]) * out.slopes[k] + out.offsets[k];
    const double top = *std::max_element(x, x + K);
    const double label_score = x[labels[i]] - top;
    const double sum = exponentials_of(K, top, [&](std::size_t j) -> double& { return x[j]; });
    out.loss[i] = log_f64(sum) - label_score;
    const double scale = weights[i] / sum;
    for (std::size_t k = 0; k < K; ++k) {
      const double p = x[k] * scale;
      out.p[k] += p;
      out.p_score[k] = std::fma(p, to_double(rows[i][k]), out.p_score[k]);
    }
  }
}

/// Sixteen lanes, j and j + 8 joined first.
inline float tree_of_single_lanes(const float* lane) noexcept {
  float joined[8];
  for (std::size_t l = 0; l < 8; ++l) joined[l] = lane[l] + lane[l + 8];
  return ((joined[0] + joined[4]) + (joined[2] + joined[6])) + ((joined[1] + joined[5]) + (joined[3] + joined[7]));
}

inline void temper_single(const float* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                          double beta, const tempered_rows& out) noexcept {
  constexpr auto lowest = static_cast<float>(lowest_shifted_score);
  const auto slope = static_cast<float>(beta);
  for (std::size_t i = 0; i < n; ++i) {
    const float top = *std::max_element(rows[i], rows[i] + K);
    float exponentials[single_lanes] = {};
    float scores[single_lanes] = {};
    float squares[single_lanes] = {};
    for (std::size_t j = 0; j < K; ++j) {
      const std::size_t lane = j % single_lanes;
      const float shifted = rows[i][j] - top;
      const float d = shifted > lowest ? shifted : lowest;
      const float e = exp_f32(d * slope);
      exponentials[lane] += e;
      scores[lane] = std::fma(e, d, scores[lane]);
      squares[lane] = std::fma(e * d, d, squares[lane]);
    }
    const auto sum = static_cast<double>(tree_of_single_lanes(exponentials));
    const double mean = static_cast<double>(tree_of_single_lanes(scores)) / sum;
    const double spread = static_cast<double>(tree_of_single_lanes(squares)) / sum - mean * mean;
    const auto label_score = std::max(static_cast<double>(rows[i][labels[i]] - top), lowest_shifted_score);
    out.loss[i] = log_f64(sum) - label_score * beta;
    out.slope[i] = mean - label_score;
    out.variance[i] = spread > 0.0 ? spread : 0.0;
  }
}

/// `count` rows, whose shares of a class are added to one another before they enter the sums.
inline void add_vector_block_single(const float* const* rows, std::size_t count, std::size_t K,
                                    const std::int32_t* labels, const double* weights, double* loss,
                                    const single_vector_sums& out) noexcept {
  const std::size_t padded = single_columns(K);
  float scales[rows_at_once];
  for (std::size_t i = 0; i < count; ++i) {
    float* const x = out.memory + i * padded;
    for (std::size_t k = 0; k < K; ++k) x[k] = std::fma(rows[i][k], out.slopes[k], out.offsets[k]);
    const float top = *std::max_element(x, x + K);
    const float label_score = x[labels[i]] - top;
    float lanes[single_lanes] = {};
    for (std::size_t k = 0; k < K; ++k) lanes[k % single_lanes] += x[k] = exp_f32(x[k] - top);
    const auto sum = static_cast<double>(tree_of_single_lanes(lanes));
    loss[i] = log_f64(sum) - static_cast<double>(label_score);
    scales[i] = static_cast<float>(weights[i] / sum);
  }
  for (std::size_t k = 0; k < K; ++k) {
    float total = 0;
    float product = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float p = out.memory[i * padded + k] * scales[i];
      total += p;
      product = std::fma(p, rows[i][k], product);
    }
    out.p[k] += static_cast<double>(total);
    out.p_score[k] += static_cast<double>(product);
  }
}

inline void add_vector_rows_single(const float* const* rows, std::size_t n, std::size_t K, const std::int32_t* labels,
                                   const double* weights, const single_vector_sums& out) noexcept {
  std::size_t i = 0;
  for (; i + rows_at_once <= n; i += rows_at_once)
    add_vector_block_single(rows + i, rows_at_once, K, labels + i, weights + i, out.loss + i, out);
  for (; i < n; ++i) add_vector_block_single(rows + i, 1, K, labels + i, weights + i, out.loss + i, out);
}

inline void add_panel_product(const left_factor& a, const double* b, std::size_t rows, std::size_t inner,
                              std::size_t columns, double* c) noexcept {
  const auto entry = [&](std::size_t i, std::size_t j) {
    const std::size_t along = a.transposed ? i : j;
    const std::size_t across = a.transposed ? j : i;
    return a.first[along / panel_columns * a.panel + across * panel_columns + along % panel_columns];
  };
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < padded_columns(columns); ++k) {
      double sum = c[i * panel_columns + k];
      for (std::size_t j = 0; j < inner; ++j) sum = std::fma(entry(i, j), b[j * panel_columns + k], sum);
      c[i * panel_columns + k] = sum;
    }
}

inline void softmax_panels(double* x, std::size_t n, std::size_t K, const std::int32_t* labels, const double* weights,
                           double* loss) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const auto entry = [&](std::size_t j) -> double& {
      return x[(j / panel_columns * n + i) * panel_columns + j % panel_columns];
    };
    double top = entry(0);
    for (std::size_t j = 1; j < K; ++j) top = std::max(top, entry(j));
    const double label_score = entry(static_cast<std::size_t>(labels[i])) - top;
    const double sum = exponentials_of(K, top, entry);
    loss[i] = log_f64(sum) - label_score;
    const double scale = weights[i] / sum;
    for (std::size_t j = 0; j < K; ++j) entry(j) *= scale;
    for (std::size_t j = K; j < padded_columns(K); ++j) entry(j) = 0;
  }
}

/// Row i goes to lane i mod 8. The logarithm is taken of products of so many numbers between 1 and 2 that they stay
/// finite, unless rows have weights of their own.
inline constexpr std::size_t logistic_rows_at_once = 8 * 512;

inline logistic_sums add_logistic_rows(const double* scores, const double* weights, std::size_t n, double a,
                                       double b) noexcept {
  double lanes[5][sum_lanes] = {};
  double loss[sum_lanes] = {};
  for (std::size_t first = 0; first < n; first += logistic_rows_at_once) {
    const std::size_t last = std::min(first + logistic_rows_at_once, n);
    double product[sum_lanes] = {1, 1, 1, 1, 1, 1, 1, 1};
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t lane = i % sum_lanes;
      const double s = scores[i];
      const double f = s * a + b;
      const double e = exp_f64(-std::abs(f));
      const double above = e + 1;
      const double inverse = 1 / above;
      const double other = e * inverse;
      double p = f >= 0 ? inverse : other;
      double spread = other * inverse;
      double hinge = f > 0 ? f : 0.0;
      if (weights != nullptr) {
        hinge = (log_f64(above) + hinge) * weights[i];
        p *= weights[i];
        spread *= weights[i];
      } else {
        product[lane] *= above;
      }
      loss[lane] += hinge;
      lanes[0][lane] += p;
      lanes[1][lane] = std::fma(p, s, lanes[1][lane]);
      const double spread_score = spread * s;
      lanes[2][lane] += spread;
      lanes[3][lane] += spread_score;
      lanes[4][lane] = std::fma(spread_score, s, lanes[4][lane]);
    }
    for (std::size_t lane = 0; lane < sum_lanes; ++lane) loss[lane] += log_f64(product[lane]);
  }
  return {tree_of_lanes(loss),
          {tree_of_lanes(lanes[0]), tree_of_lanes(lanes[1])},
          {tree_of_lanes(lanes[2]), tree_of_lanes(lanes[3]), tree_of_lanes(lanes[4])}};
}

inline void sigmoids(const double* scores, const double* slopes, const double* offsets, std::size_t n,
                     double* p) noexcept {
  for (std::size_t j = 0; j < n; ++j) {
    const double f = scores[j] * slopes[j] + offsets[j];
    const double e = exp_f64(-std::abs(f));
    const double inverse = 1 / (e + 1);
    p[j] = f >= 0 ? inverse : e * inverse;
  }
}

}  // namespace calibrant::simd::scalar
