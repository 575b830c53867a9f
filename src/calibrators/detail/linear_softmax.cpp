#include "calibrators/detail/linear_softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include <Eigen/Core>
#include <calibrant/math/minimize.hpp>

#include "calibrators/detail/row_sums.hpp"
#include "calibrators/detail/softmax_rows.hpp"

namespace calibrant::detail {
namespace {

using row_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using matrix_map = Eigen::Map<row_matrix>;
using const_matrix_map = Eigen::Map<const row_matrix>;

constexpr std::size_t most_dense_parameters = 1400;
constexpr std::size_t curvature_rows = 2048;
constexpr std::size_t most_curvature_work = 200'000'000;  ///< rows times the square of the parameters

std::string scientific(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1e", x);
  return text.data();
}

Eigen::Index index(std::size_t i) noexcept { return static_cast<Eigen::Index>(i); }

std::size_t block_rows(linear_shape shape, std::size_t K) noexcept {
  constexpr std::size_t bytes = 96 * 1024;  // of float64: scores, their images and probabilities stay in the cache
  return shape == linear_shape::full ? 128 : std::clamp<std::size_t>(bytes / (8 * K), 4, 128);
}

/// Rows [first, last) of scores as float64, at most as many as a block holds.
class score_block {
 public:
  score_block(const linear_problem& problem, std::size_t K)
      : view_(*problem.scores), K_(K), z(block_rows(problem.shape, K) * K), image(z.size()), p(z.size()) {}

  [[nodiscard]] std::size_t capacity() const noexcept { return z.size() / K_; }
  void load(std::size_t first, std::size_t last) {
    view_.visit([&](const auto& rows) {
      for (std::size_t i = first; i < last; ++i) {
        const auto* const row = rows.row(i);
        double* const to = z.data() + (i - first) * K_;
        for (std::size_t k = 0; k < K_; ++k) to[k] = to_double(row[k]);
      }
    });
  }

 private:
  const matrix_view& view_;
  std::size_t K_;

 public:
  std::vector<double> z;
  std::vector<double> image;  ///< z'
  std::vector<double> p;      ///< softmax(z'), then p minus the target
};

/// Mean loss and its gradient without the penalty; the loss stands after the gradient.
std::vector<double> mean_loss(const training_set& rows, const linear_problem& problem, std::span<const double> theta) {
  const std::size_t K = rows.classes();
  const std::size_t d = theta.size();
  const bool smoothed = !problem.targets.own.empty();
  const std::size_t most_parts = d > 100'000 ? 8 : 64;
  std::vector<double> sums =
      sum_over_rows(rows, d + 1, most_parts, [&](std::size_t from, std::size_t to, std::span<double> total) {
        score_block block(problem, K);
        softmax_rows softmax;
        std::vector<const double*> images(block.capacity());
        for (std::size_t first = from; first < to; first += block.capacity()) {
          const std::size_t last = std::min(first + block.capacity(), to);
          const std::size_t n = last - first;
          block.load(first, last);
          transform_rows(problem.shape, theta, block.z.data(), n, K, block.image.data());
          for (std::size_t i = 0; i < n; ++i) images[i] = block.image.data() + i * K;
          softmax.apply(images.data(), n, K, rows.labels().data() + first, block.p.data());
          double* const slopes = total.data();
          double* const offsets = total.data() + (d - K);
          for (std::size_t i = 0; i < n; ++i) {
            const auto y = static_cast<std::size_t>(rows.label(first + i));
            const double w = rows.weight(first + i);
            double* const residual = block.p.data() + i * K;
            double loss = softmax.loss(i);
            if (smoothed) {
              // -sum_k t_k ln p_k = ln sum exp z' - sum_k t_k z'_k, and loss = ln sum exp z' - z'_y
              const double other = problem.targets.other[y];
              const double own = problem.targets.own[y];
              for (std::size_t k = 0; k < K; ++k) {
                loss += other * (images[i][y] - images[i][k]);
                residual[k] -= other;
              }
              residual[y] -= own - other;
            } else {
              residual[y] -= 1;
            }
            total[d] += w * loss;
            if (w != 1)
              for (std::size_t k = 0; k < K; ++k) residual[k] *= w;
            for (std::size_t k = 0; k < K; ++k) offsets[k] += residual[k];
            if (problem.shape == linear_shape::diagonal) {
              const double* const z = block.z.data() + i * K;
              for (std::size_t k = 0; k < K; ++k) slopes[k] += residual[k] * z[k];
            }
          }
          if (problem.shape == linear_shape::full)
            matrix_map(slopes, index(K), index(K)).noalias() +=
                const_matrix_map(block.p.data(), index(n), index(K)).transpose() *
                const_matrix_map(block.z.data(), index(n), index(K));
        }
      });
  for (double& x : sums) x /= rows.total_weight();
  return sums;
}

/// Second derivatives of the objective, over all rows if that is little work, else over evenly spaced ones.
curvature curvature_of(const training_set& rows, const linear_problem& problem, std::span<const double> theta) {
  const std::size_t K = rows.classes();
  const std::size_t d = theta.size();
  const bool dense = d <= most_dense_parameters;
  const std::size_t affordable = dense ? most_curvature_work / (d * d) : 0;
  const std::size_t stride = std::max<std::size_t>(rows.rows() / std::max(curvature_rows, affordable), 1);
  const std::size_t features = problem.shape == linear_shape::full ? K + 1 : 2;
  score_block block(problem, K);
  softmax_rows softmax;
  row_matrix pull(dense ? index(rows.rows() / stride + 1) : 0, index(d));  // sqrt(w) p_k x of every row
  Eigen::Index used = 0;
  double weight = 0;
  // sum w p_k x x^T of every class k, where x = (z, 1), or of the diagonal shape x = (z_k, 1)
  std::vector<row_matrix> own(dense ? K : 0, row_matrix::Zero(index(features), index(features)));
  curvature near{std::vector<double>(dense ? d * d : d, 0.0)};
  Eigen::VectorXd x(index(features));
  for (std::size_t i = 0; i < rows.rows(); i += stride) {
    block.load(i, i + 1);
    transform_rows(problem.shape, theta, block.z.data(), 1, K, block.image.data());
    softmax.apply(block.image.data(), 1, K, block.p.data());
    const double w = rows.weight(i);
    weight += w;
    for (std::size_t k = 0; k < K; ++k) {
      const double p = block.p[k];
      if (!dense) {
        const double spread = w * p * (1 - p);
        if (problem.shape == linear_shape::diagonal)
          near.numbers[k] += spread * block.z[k] * block.z[k];
        else
          for (std::size_t j = 0; j < K; ++j) near.numbers[k * K + j] += spread * block.z[j] * block.z[j];
        near.numbers[d - K + k] += spread;
        continue;
      }
      if (problem.shape == linear_shape::diagonal) {
        x << block.z[k], 1;
        pull(used, index(k)) = std::sqrt(w) * p * block.z[k];
      } else {
        x.head(index(K)) = Eigen::Map<const Eigen::VectorXd>(block.z.data(), index(K));
        x[index(K)] = 1;
        pull.row(used).segment(index(k * K), index(K)) = std::sqrt(w) * p * x.head(index(K)).transpose();
      }
      pull(used, index(d - K + k)) = std::sqrt(w) * p;
      own[k].noalias() += w * p * x * x.transpose();
    }
    ++used;
  }
  if (dense) {
    matrix_map matrix(near.numbers.data(), index(d), index(d));
    const auto seen = pull.topRows(used);
    matrix.noalias() = -(seen.transpose() * seen);
    for (std::size_t k = 0; k < K; ++k) {
      // Where the features of class k stand among the parameters.
      const auto place = [&](std::size_t f) {
        if (f + 1 == features) return index(d - K + k);
        return index(problem.shape == linear_shape::full ? k * K + f : k);
      };
      for (std::size_t a = 0; a < features; ++a)
        for (std::size_t b = 0; b < features; ++b) matrix(place(a), place(b)) += own[k](index(a), index(b));
    }
    matrix /= weight;
    for (std::size_t j = 0; j < d; ++j) matrix(index(j), index(j)) += 2 * problem.strength[j];
    // Directions that change nothing (a constant added to all b) have no curvature of their own.
    matrix.diagonal().array() += 1e-6 * matrix.diagonal().maxCoeff();
  } else {
    for (std::size_t j = 0; j < d; ++j) near.numbers[j] = near.numbers[j] / weight + 2 * problem.strength[j];
    const double ridge = 1e-3 * *std::max_element(near.numbers.begin(), near.numbers.end());
    for (double& h : near.numbers) h += ridge;
  }
  return near;
}

}  // namespace

double mean_log_loss(const training_set& rows, const linear_problem& problem, std::span<const double> parameters) {
  return mean_loss(rows, problem, parameters).back();
}

void transform_rows(linear_shape shape, std::span<const double> parameters, const double* z, std::size_t n,
                    std::size_t K, double* to) noexcept {
  const double* const slopes = parameters.data();
  const double* const offsets = parameters.data() + (parameters.size() - K);
  if (shape == linear_shape::diagonal) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < K; ++k) to[i * K + k] = slopes[k] * z[i * K + k] + offsets[k];
    return;
  }
  matrix_map image(to, index(n), index(K));
  image.noalias() = const_matrix_map(z, index(n), index(K)) * const_matrix_map(slopes, index(K), index(K)).transpose();
  image.rowwise() += Eigen::Map<const Eigen::RowVectorXd>(offsets, index(K));
}

linear_fit fit_linear_softmax(const training_set& rows, const linear_problem& problem) {
  const auto objective = [&](std::span<const double> theta, std::span<double> gradient) {
    const std::vector<double> mean = mean_loss(rows, problem, theta);
    double value = mean.back();
    for (std::size_t j = 0; j < theta.size(); ++j) {
      const double off = theta[j] - problem.center[j];
      value += problem.strength[j] * off * off;
      gradient[j] = mean[j] + 2 * problem.strength[j] * off;
    }
    return value;
  };
  minimum found = minimize(objective, problem.start,
                           {.gradient_tolerance = problem.gradient_tolerance, .iterations = problem.iterations},
                           [&](std::span<const double> theta) { return curvature_of(rows, problem, theta); });
  linear_fit fit;
  fit.objective = found.value;
  fit.loss = found.value;
  for (std::size_t j = 0; j < found.point.size(); ++j) {
    const double off = found.point[j] - problem.center[j];
    fit.loss -= problem.strength[j] * off * off;
  }
  fit.parameters = std::move(found.point);
  fit.report.iterations = found.evaluations;
  fit.report.gradient = found.gradient;
  fit.report.converged = found.converged;
  if (!found.converged)
    fit.report.notes.push_back({"not_converged", "the solver stopped after " + std::to_string(found.evaluations) +
                                                     " passes with a gradient of " + scientific(found.gradient) +
                                                     ", so the parameters are not the best ones to the last digit"});
  return fit;
}

}  // namespace calibrant::detail
