#include "calibrators/detail/logistic_regression.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include "simd/kernels.hpp"

namespace calibrant::detail {
namespace {

constexpr double tolerance = 1e-10;

struct derivatives {
  double loss = 0;
  Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
  Eigen::Matrix3d hessian = Eigen::Matrix3d::Zero();
};

/// Weighted means over rows of two features.
class two_features {
 public:
  explicit two_features(const logistic_rows& rows) : rows_(rows) {}
  [[nodiscard]] derivatives at(const Eigen::Vector3d& theta) const;

 private:
  const logistic_rows& rows_;
};

derivatives two_features::at(const Eigen::Vector3d& theta) const {
  derivatives sum;
  double total = 0;
  double h[6] = {};
  double g[3] = {};
  constexpr std::size_t block = 256;
  double one_and_e[block];
  double logs[block];
  double row_weights[block];
  std::size_t waiting = 0;
  const auto add_logs = [&] {  // of the rows since the last call
    simd::active_target().rows<double>().floored_logs(one_and_e, waiting, 0.5, logs);
    for (std::size_t j = 0; j < waiting; ++j) sum.loss += row_weights[j] * logs[j];
    waiting = 0;
  };
  for (std::size_t i = 0; i < rows_.first.size(); ++i) {
    const double a = rows_.first[i];
    const double b = rows_.second[i];
    const double w = rows_.weights.empty() ? 1.0 : rows_.weights[i];
    const double t = rows_.targets[i];
    const double f = theta[0] * a + theta[1] * b + theta[2];
    const double e = std::exp(-std::abs(f));
    // ln(1 + e^f) - t f, without overflow
    sum.loss += w * (std::max(f, 0.0) - t * f);
    one_and_e[waiting] = 1 + e;
    row_weights[waiting] = w;
    if (++waiting == block) add_logs();
    const double inverse = 1 / (1 + e);
    const double p = f >= 0 ? inverse : e * inverse;
    const double residual = w * (p - t);
    const double spread = w * (e * inverse * inverse);
    total += w;
    g[0] += residual * a;
    g[1] += residual * b;
    g[2] += residual;
    h[0] += spread * a * a;
    h[1] += spread * a * b;
    h[2] += spread * a;
    h[3] += spread * b * b;
    h[4] += spread * b;
    h[5] += spread;
  }
  add_logs();
  sum.loss /= total;
  sum.gradient = Eigen::Vector3d(g[0], g[1], g[2]) / total;
  sum.hessian << h[0], h[1], h[2], h[1], h[3], h[4], h[2], h[4], h[5];
  sum.hessian /= total;
  return sum;
}

/// The same of one feature. What the targets add is counted once.
class one_feature {
 public:
  explicit one_feature(const logistic_rows& rows) : rows_(rows) {
    const bool weighted = !rows.weights.empty();
    // Lanes of their own, so that no sum waits for the one before.
    std::array<std::array<double, 3>, 4> sums = {};
    for (std::size_t i = 0; i < rows.first.size(); ++i) {
      std::array<double, 3>& lane = sums[i % sums.size()];
      const double w = weighted ? rows.weights[i] : 1.0;
      const double t = w * rows.targets[i];
      lane[0] += w;
      lane[1] += t;
      lane[2] += t * rows.first[i];
    }
    for (const auto& [w, t, ts] : sums) {
      total_ += w;
      target_ += t;
      target_score_ += ts;
    }
  }
  [[nodiscard]] derivatives at(const Eigen::Vector3d& theta) const {
    const double* const weights = rows_.weights.empty() ? nullptr : rows_.weights.data();
    const simd::logistic_sums sums =
        simd::active_target().add_logistic_rows(rows_.first.data(), weights, rows_.first.size(), theta[0], theta[2]);
    derivatives mean;
    mean.loss = (sums.loss - theta[0] * target_score_ - theta[2] * target_) / total_;
    mean.gradient = Eigen::Vector3d(sums.p[1] - target_score_, 0, sums.p[0] - target_) / total_;
    mean.hessian << sums.pq[2], 0, sums.pq[1], 0, 0, 0, sums.pq[1], 0, sums.pq[0];
    mean.hessian /= total_;
    return mean;
  }

 private:
  const logistic_rows& rows_;
  double total_ = 0;
  double target_ = 0;        ///< sum w t
  double target_score_ = 0;  ///< sum w t s
};

/// Largest entry among those that are free.
double free_norm(const Eigen::Vector3d& gradient, const std::array<bool, 3>& free) {
  double largest = 0;
  for (std::size_t j = 0; j < 3; ++j)
    if (free[j]) largest = std::max(largest, std::abs(gradient[static_cast<Eigen::Index>(j)]));
  return largest;
}

template <class Rows>
logistic_fit newton(const Rows& rows, const std::array<double, 3>& start, const std::array<bool, 3>& free) {
  constexpr std::size_t passes = 200;
  Eigen::Vector3d theta(start[0], start[1], start[2]);
  derivatives here = rows.at(theta);
  logistic_fit fit;
  fit.iterations = 1;
  while (true) {
    for (int j = 0; j < 3; ++j)
      if (!free[static_cast<std::size_t>(j)]) {
        here.gradient[j] = 0;
        here.hessian.row(j).setZero();
        here.hessian.col(j).setZero();
        here.hessian(j, j) = 1;
      }
    fit.gradient = free_norm(here.gradient, free);
    if (fit.gradient <= tolerance || fit.iterations >= passes) break;
    // A ridge far below the curvature keeps the step finite where a feature is constant.
    Eigen::Matrix3d hessian = here.hessian;
    hessian.diagonal().array() += 1e-14 * hessian.diagonal().maxCoeff() + 1e-300;
    const Eigen::Vector3d step = -hessian.ldlt().solve(here.gradient);
    if (!step.allFinite()) break;
    double length = 1;
    derivatives next;
    bool lower = false;
    for (int halvings = 0; halvings < 40 && fit.iterations < passes; ++halvings, length /= 2) {
      next = rows.at(theta + length * step);
      ++fit.iterations;
      const double promised = here.gradient.dot(step);
      const bool hidden = -promised < 1e-11 * here.loss;  // rounding hides so small a descent, the gradient shows it
      lower =
          hidden ? free_norm(next.gradient, free) < fit.gradient : next.loss <= here.loss + 1e-4 * length * promised;
      if (lower) break;
    }
    if (!lower) break;
    theta += length * step;
    here = next;
  }
  fit.theta = {theta[0], theta[1], theta[2]};
  // Where rounding ends the descent a little above the tolerance, nothing better can be had.
  fit.converged = fit.gradient <= 1e3 * tolerance;
  return fit;
}

logistic_fit newton_of(const logistic_rows& rows, const std::array<double, 3>& start, const std::array<bool, 3>& free) {
  return rows.second.empty() ? newton(one_feature(rows), start, free) : newton(two_features(rows), start, free);
}

std::vector<double> every(std::size_t stride, std::span<const double> numbers) {
  std::vector<double> some;
  for (std::size_t i = 0; i < numbers.size(); i += stride) some.push_back(numbers[i]);
  return some;
}

}  // namespace

logistic_fit fit_logistic(const logistic_rows& rows, const std::array<double, 3>& start,
                          const std::array<bool, 3>& free) {
  constexpr std::size_t share_rows = 8192;
  const std::size_t stride = rows.first.size() / share_rows;
  if (stride < 4) return newton_of(rows, start, free);
  const std::vector<double> first = every(stride, rows.first);
  const std::vector<double> second = every(stride, rows.second);
  const std::vector<double> targets = every(stride, rows.targets);
  const std::vector<double> weights = every(stride, rows.weights);
  const logistic_fit share =
      newton_of({.first = first, .second = second, .targets = targets, .weights = weights}, start, free);
  const bool usable =
      share.converged && std::all_of(share.theta.begin(), share.theta.end(), [](double x) { return std::abs(x) < 50; });
  logistic_fit fit = newton_of(rows, usable ? share.theta : start, free);
  fit.iterations += share.iterations / stride;
  return fit;
}

fit_report report_of(std::span<const logistic_fit> fits, const std::string& curves) {
  fit_report report;
  std::size_t stopped = 0;
  for (const logistic_fit& fit : fits) {
    report.iterations = std::max(report.iterations, fit.iterations);
    report.gradient = std::max(report.gradient, fit.gradient);
    stopped += static_cast<std::size_t>(!fit.converged);
  }
  report.converged = stopped == 0;
  if (stopped > 0)
    report.notes.push_back({"not_converged", "the " + curves + " of " + std::to_string(stopped) +
                                                 " classes were not found to full accuracy"});
  return report;
}

}  // namespace calibrant::detail
