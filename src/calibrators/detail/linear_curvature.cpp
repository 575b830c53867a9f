#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Core>

#include "calibrators/detail/linear_passes.hpp"
#include "calibrators/detail/row_sums.hpp"
#include "calibrators/detail/score_panels.hpp"
#include "calibrators/detail/softmax_rows.hpp"

namespace calibrant::detail {
namespace {

using row_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::size_t most_dense_full = 1400;  ///< parameters
constexpr std::size_t most_dense_diagonal = 60;
constexpr std::size_t curvature_rows = 8192;
constexpr std::size_t most_curvature_work = 200'000'000;  ///< rows times the square of the parameters

Eigen::Index index(std::size_t i) noexcept { return static_cast<Eigen::Index>(i); }

void load_row(const matrix_view& view, std::size_t i, std::vector<double>& to) {
  view.visit([&](const auto& scores) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k] = to_double(scores.row(i)[k]);
  });
}

/// All second derivatives, over every `stride`-th row.
curvature matrix_of(const training_set& rows, const linear_problem& problem, std::span<const double> theta,
                    std::size_t stride) {
  const std::size_t K = rows.classes();
  const std::size_t d = theta.size();
  const bool full = problem.shape == linear_shape::full;
  const std::size_t features = full ? K + 1 : 2;
  std::vector<double> z(K);
  std::vector<double> image(K);
  std::vector<double> probabilities(K);
  softmax_rows softmax;
  row_matrix pull(index(rows.rows() / stride + 1), index(d));  // sqrt(w) p_k x of every row
  Eigen::Index used = 0;
  double weight = 0;
  // sum w p_k x x^T of every class k, where x = (z, 1), or of the diagonal shape x = (z_k, 1)
  std::vector<row_matrix> own(K, row_matrix::Zero(index(features), index(features)));
  curvature near{std::vector<double>(d * d, 0.0), {}, {}};
  Eigen::VectorXd x(index(features));
  for (std::size_t i = 0; i < rows.rows(); i += stride) {
    load_row(*problem.scores, i, z);
    transform_rows(problem.shape, theta, z.data(), 1, K, image.data());
    softmax.apply(image.data(), 1, K, probabilities.data());
    const double w = rows.weight(i);
    weight += w;
    for (std::size_t k = 0; k < K; ++k) {
      const double p = probabilities[k];
      if (full) {
        x.head(index(K)) = Eigen::Map<const Eigen::VectorXd>(z.data(), index(K));
        x[index(K)] = 1;
        pull.row(used).segment(index(k * K), index(K)) = std::sqrt(w) * p * x.head(index(K)).transpose();
      } else {
        x << z[k], 1;
        pull(used, index(k)) = std::sqrt(w) * p * z[k];
      }
      pull(used, index(d - K + k)) = std::sqrt(w) * p;
      own[k].noalias() += w * p * x * x.transpose();
    }
    ++used;
  }
  Eigen::Map<row_matrix> matrix(near.numbers.data(), index(d), index(d));
  const auto seen = pull.topRows(used);
  matrix.noalias() = -(seen.transpose() * seen);
  for (std::size_t k = 0; k < K; ++k) {
    // Where the features of class k stand among the parameters.
    const auto place = [&](std::size_t f) {
      if (f + 1 == features) return index(d - K + k);
      return index(full ? k * K + f : k);
    };
    for (std::size_t a = 0; a < features; ++a)
      for (std::size_t b = 0; b < features; ++b) matrix(place(a), place(b)) += own[k](index(a), index(b));
  }
  matrix /= weight;
  for (std::size_t j = 0; j < d; ++j) matrix(index(j), index(j)) += 2 * problem.strength[j];
  // Directions that change nothing (a constant added to all b) have no curvature of their own.
  matrix.diagonal().array() += 1e-6 * matrix.diagonal().maxCoeff();
  return near;
}

/// Sums over rows of s, s z and s z^2 by parameter, where s = w p (1 - p): first z, then z^2, then 1, then the weight.
std::vector<double> diagonal_moments(const training_set& rows, const linear_problem& problem,
                                     std::span<const double> theta, std::size_t stride) {
  const std::size_t K = rows.classes();
  return sum_over_rows(rows, 3 * K + 1, 64, [&](std::size_t from, std::size_t to, std::span<double> total) {
    std::vector<double> z(K);
    std::vector<double> image(K);
    std::vector<double> p(K);
    softmax_rows softmax;
    for (std::size_t i = (from + stride - 1) / stride * stride; i < to; i += stride) {
      load_row(*problem.scores, i, z);
      transform_rows(problem.shape, theta, z.data(), 1, K, image.data());
      softmax.apply(image.data(), 1, K, p.data());
      const double w = rows.weight(i);
      for (std::size_t k = 0; k < K; ++k) {
        const double spread = w * p[k] * (1 - p[k]);
        total[k] += spread * z[k];
        total[K + k] += spread * z[k] * z[k];
        total[2 * K + k] += spread;
      }
      total.back() += w;
    }
  });
}

std::vector<double> full_moments(const training_set& rows, const linear_problem& problem, std::span<const double> theta,
                                 std::size_t stride) {
  const std::size_t K = rows.classes();
  constexpr std::size_t block = full_softmax::block;
  const full_softmax softmax(theta, K);
  return sum_over_rows(rows, 2 * K * K + K + 1, 4, [&](std::size_t from, std::size_t to, std::span<double> total) {
    panels z(block, K);
    panels spread(block, K);
    panels first(simd::padded_columns(K), K);
    panels second(simd::padded_columns(K), K);
    const std::vector<double> ones(block, 1.0);
    const std::vector<std::int32_t> labels(block, 0);
    double loss[block];
    for (std::size_t i = (from + stride - 1) / stride * stride; i < to; i += block * stride) {
      const std::size_t n = std::min(block, (to - i + stride - 1) / stride);
      z.load(*problem.scores, i, to, stride);
      softmax.apply(z, n, labels.data(), ones.data(), spread, loss);
      for (std::size_t r = 0; r < n; ++r) {
        const double w = rows.weight(i + r * stride);
        total.back() += w;
        for (std::size_t k = 0; k < K; ++k) spread.at(r, k) *= w * (1 - spread.at(r, k));
      }
      spread.add_column_sums(n, total.subspan(2 * K * K, K));
      first.add_product(spread, z, n);
      z.square();
      second.add_product(spread, z, n);
    }
    for (std::size_t k = 0; k < K; ++k)
      for (std::size_t j = 0; j < K; ++j) {
        total[k * K + j] = first.at(k, j);
        total[K * K + k * K + j] = second.at(k, j);
      }
  });
}

/// Of each class the second derivatives in its own parameters, as if its features did not go together: E[s] times
/// (variances of the features on the diagonal + the square of their means), weighted by s = p (1 - p).
curvature by_class(const linear_problem& problem, std::span<const double> moments, std::size_t K) {
  const std::size_t d = problem.strength.size();
  const std::size_t slopes = d - K;
  const double weight = moments.back();
  constexpr double least_share = 1e-3;  // of a variance in its second moment: what rounding and a share of rows leave
  curvature near{std::vector<double>(d), std::vector<double>(d), std::vector<std::uint32_t>(d)};
  for (std::size_t j = 0; j < d; ++j) {
    const std::size_t k = j < slopes ? j / (slopes / K) : j - slopes;
    const double spread = moments[2 * slopes + k];
    const double mean = j >= slopes ? 1 : spread > 0 ? moments[j] / spread : 0;
    const double square = j < slopes ? moments[slopes + j] : spread;
    near.numbers[j] = std::max(square - spread * mean * mean, least_share * square) / weight + 2 * problem.strength[j];
    near.pulls[j] = std::sqrt(spread / weight) * mean;
    near.groups[j] = static_cast<std::uint32_t>(k);
  }
  const double ridge = 1e-6 * *std::max_element(near.numbers.begin(), near.numbers.end());
  for (double& h : near.numbers) h += ridge;
  return near;
}

}  // namespace

curvature curvature_of(const training_set& rows, const linear_problem& problem, std::span<const double> theta) {
  const std::size_t d = theta.size();
  const bool full = problem.shape == linear_shape::full;
  const bool dense = d <= (full ? most_dense_full : most_dense_diagonal);
  const std::size_t affordable = dense ? most_curvature_work / (d * d) : 0;
  const std::size_t stride = std::max<std::size_t>(rows.rows() / std::max(curvature_rows, affordable), 1);
  if (dense) return matrix_of(rows, problem, theta, stride);
  return by_class(problem,
                  full ? full_moments(rows, problem, theta, stride) : diagonal_moments(rows, problem, theta, stride),
                  rows.classes());
}

}  // namespace calibrant::detail
