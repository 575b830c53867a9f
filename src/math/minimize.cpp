#include <calibrant/math/minimize.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <LBFGS.h>
#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace calibrant {
namespace {

using vector = Eigen::VectorXd;

constexpr double rounding = 4 * std::numeric_limits<double>::epsilon();  ///< of a value, by its size
constexpr std::size_t most_fruitless = 12;  ///< evaluations without a descent beyond rounding

/// Coordinates y of a point x = origin + L^-T y, where L L^T is the curvature: there it is the identity.
class coordinates {
 public:
  coordinates(const std::vector<double>& origin, const calibrant::curvature& near)
      : origin_(Eigen::Map<const vector>(origin.data(), static_cast<Eigen::Index>(origin.size()))) {
    const auto d = static_cast<Eigen::Index>(origin.size());
    if (near.is_matrix(origin.size())) {
      const Eigen::Map<const Eigen::MatrixXd> matrix(near.numbers.data(), d, d);
      factor_.compute(matrix);
      dense_ = factor_.info() == Eigen::Success;
      largest_ = std::sqrt(matrix.diagonal().maxCoeff());
    }
    if (dense_) return;
    roots_ = vector::Ones(d);
    if (near.numbers.size() == origin.size() || near.is_matrix(origin.size()))
      for (Eigen::Index i = 0; i < d; ++i) {
        const double entry = near.numbers[static_cast<std::size_t>(near.is_matrix(origin.size()) ? i * (d + 1) : i)];
        if (entry > 0 && std::isfinite(entry)) roots_[i] = std::sqrt(entry);
      }
    largest_ = roots_.maxCoeff();
    if (near.pulls.size() == origin.size()) add_pulls(near);
  }

  [[nodiscard]] vector point(const vector& y) const {
    if (dense_) return origin_ + factor_.matrixU().solve(y);
    return origin_ + without_pulls(y).cwiseQuotient(roots_);
  }
  [[nodiscard]] vector gradient(const vector& g) const {
    if (dense_) return factor_.matrixL().solve(g);
    return without_pulls(g.cwiseQuotient(roots_));
  }
  /// -H^-1 g
  [[nodiscard]] vector newton_step(const vector& g) const {
    if (dense_) return -factor_.solve(g);
    return -without_pulls(gradient(g)).cwiseQuotient(roots_);
  }
  /// |g|_inf <= largest |gradient(g)|_2
  [[nodiscard]] double largest() const noexcept { return largest_; }

 private:
  /// D + r r^T = D^1/2 (1 + u u^T) D^1/2 with u = D^-1/2 r, and (1 + u u^T)^-1/2 = 1 - shrink u u^T.
  void add_pulls(const calibrant::curvature& near) {
    groups_ = near.groups;
    pulls_ = Eigen::Map<const vector>(near.pulls.data(), roots_.size()).cwiseQuotient(roots_);
    shrink_ = vector::Zero(1 + static_cast<Eigen::Index>(*std::max_element(groups_.begin(), groups_.end())));
    for (Eigen::Index i = 0; i < pulls_.size(); ++i) {
      shrink_[group(i)] += pulls_[i] * pulls_[i];
      largest_ = std::max(largest_, roots_[i] * std::sqrt(1 + pulls_[i] * pulls_[i]));
    }
    // (1 - 1/sqrt(1 + q)) / q, where q = |u|^2, without cancellation
    for (double& q : shrink_) q = 1 / (std::sqrt(1 + q) * (1 + std::sqrt(1 + q)));
  }
  [[nodiscard]] Eigen::Index group(Eigen::Index i) const { return groups_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] vector without_pulls(vector y) const {
    if (groups_.empty()) return y;
    vector along = vector::Zero(shrink_.size());
    for (Eigen::Index i = 0; i < y.size(); ++i) along[group(i)] += pulls_[i] * y[i];
    along.array() *= shrink_.array();
    for (Eigen::Index i = 0; i < y.size(); ++i) y[i] -= along[group(i)] * pulls_[i];
    return y;
  }

  vector origin_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  vector roots_;
  vector pulls_;
  vector shrink_;  ///< by group
  std::vector<std::uint32_t> groups_;
  bool dense_ = false;
  double largest_ = 1;
};

}  // namespace

minimum minimize(const differentiable& function, std::vector<double> start, const minimize_options& options,
                 const curvature_at& curvature) {
  const auto near = [&](std::span<const double> point) {
    return curvature ? curvature(point) : calibrant::curvature();
  };
  const auto d = static_cast<Eigen::Index>(start.size());
  minimum best;
  best.value = std::numeric_limits<double>::infinity();
  vector gradient(d);
  const auto evaluate = [&](const vector& x) {
    const double value = function({x.data(), start.size()}, {gradient.data(), start.size()});
    ++best.evaluations;
    return value;
  };
  const auto keep = [&](const vector& x, double value) {
    best.value = value;
    best.point.assign(x.data(), x.data() + d);
    best.gradient = gradient.lpNorm<Eigen::Infinity>();
  };

  const coordinates space(start, near(start));
  const vector origin = Eigen::Map<const vector>(start.data(), d);
  const double value_at_start = evaluate(origin);
  keep(origin, value_at_start);
  // The solver's first step is as long as 1: in this unit it is Newton's.
  const vector slope_at_start = space.gradient(gradient);
  const double unit = slope_at_start.norm();
  if (!(unit > 0) || !std::isfinite(unit)) {
    best.converged = best.gradient <= options.gradient_tolerance;
    return best;
  }
  LBFGSpp::LBFGSParam<double> parameters;
  parameters.m = 12;
  parameters.epsilon =
      options.gradient_tolerance * unit / std::max(space.largest(), std::numeric_limits<double>::min());
  parameters.epsilon_rel = 0;
  parameters.past = 1;  // a value that no longer changes ends the descent
  parameters.delta = std::numeric_limits<double>::epsilon();
  parameters.max_iterations = static_cast<int>(options.iterations);
  parameters.max_linesearch = 40;
  parameters.linesearch = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE;
  LBFGSpp::LBFGSSolver<double, LBFGSpp::LineSearchNocedalWright> solver(parameters);
  vector y = vector::Zero(d);
  double value = 0;
  std::size_t last_descent = 0;  // evaluation after which the value fell by more than rounding
  double descended_to = value_at_start;
  const auto in_coordinates = [&](const vector& at, vector& slope) {
    if (best.evaluations == 1 && at.isZero(0)) {
      slope = unit * slope_at_start;
      return value_at_start;
    }
    const vector x = space.point(unit * at);
    const double here = evaluate(x);
    if (here < best.value || (here == best.value && gradient.lpNorm<Eigen::Infinity>() < best.gradient)) keep(x, here);
    slope = unit * space.gradient(gradient);
    if (here < descended_to - rounding * std::abs(here)) {
      descended_to = here;
      last_descent = best.evaluations;
    }
    if (best.gradient <= options.gradient_tolerance) throw std::runtime_error("within the tolerance");
    if (best.evaluations - last_descent > most_fruitless) throw std::runtime_error("no further descent");
    return here;
  };
  try {
    static_cast<void>(solver.minimize(in_coordinates, y, value));
  } catch (const std::runtime_error&) {
    // The gradient is within its tolerance, or rounding hides any further descent; the best point stands.
  }
  if (best.gradient > options.gradient_tolerance && curvature) {
    const coordinates final_space(best.point, near(best.point));
    constexpr int most_steps = 10;
    vector x = Eigen::Map<const vector>(best.point.data(), d);
    static_cast<void>(evaluate(x));
    for (int step = 0; step < most_steps && best.gradient > options.gradient_tolerance; ++step) {
      x += final_space.newton_step(gradient);
      const double here = evaluate(x);
      if (!(gradient.lpNorm<Eigen::Infinity>() < best.gradient) ||
          !(here <= best.value + 1e-9 * (1 + std::abs(best.value))))
        break;
      keep(x, here);
    }
  }
  best.converged = best.gradient <= options.gradient_tolerance;
  return best;
}

}  // namespace calibrant
