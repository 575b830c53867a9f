#include <calibrant/calibrators/ensemble_temperature_scaling.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Dense>
#include <calibrant/calibrators/row_mapper.hpp>
#include <calibrant/core/error.hpp>

#include "calibrators/detail/row_sums.hpp"
#include "simd/kernels.hpp"

namespace calibrant {
namespace {

using shares = std::array<double, 3>;

/// Of each row the probability of its label under the three components; the last one is 1/K.
std::vector<std::array<double, 2>> label_probabilities(const training_set& rows, double beta) {
  std::vector<std::array<double, 2>> q(rows.rows());
  rows.in_form(score_form::log_scores, true).visit([&]<class T>(const basic_matrix_view<T>& z) {
    rows.for_each_part(rows.parts(), [&](std::size_t, std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const T* const row = z.row(i);
        const std::int32_t label = rows.label(i);
        double loss[2];
        double unused;
        simd::active_target().rows<T>().temper(&row, 1, z.columns, &label, beta, {&loss[0], &unused, &unused});
        simd::active_target().rows<T>().temper(&row, 1, z.columns, &label, 1.0, {&loss[1], &unused, &unused});
        q[i] = {std::exp(-loss[0]), std::exp(-loss[1])};
      }
    });
  });
  return q;
}

/// The weights on the simplex that minimise a convex function, given by its gradient and second derivatives. Weights
/// that would fall below 0 are held at 0, Newton's steps are taken in the others, and what is held is let go where the
/// function falls into the simplex.
template <class Derivatives>
shares minimum_on_simplex(const Derivatives& derivatives, std::size_t& iterations) {
  Eigen::Vector3d w(0.8, 0.1, 0.1);
  std::array<bool, 3> held = {};
  for (iterations = 0; iterations < 200; ++iterations) {
    Eigen::Vector3d gradient;
    Eigen::Matrix3d hessian;
    derivatives(w, gradient, hessian);
    // Newton's step d with sum d = 0 and d = 0 where held: a system with multipliers.
    Eigen::Matrix<double, 4, 4> system = Eigen::Matrix<double, 4, 4>::Zero();
    Eigen::Vector4d right = Eigen::Vector4d::Zero();
    system.topLeftCorner<3, 3>() = hessian + 1e-12 * (1 + hessian.norm()) * Eigen::Matrix3d::Identity();
    right.head<3>() = -gradient;
    for (int j = 0; j < 3; ++j) {
      if (held[static_cast<std::size_t>(j)]) {
        system.row(j).setZero();
        system.col(j).setZero();
        system(j, j) = 1;
        right[j] = 0;
      } else {
        system(j, 3) = system(3, j) = 1;
      }
    }
    const Eigen::Vector4d solved = system.fullPivLu().solve(right);
    const Eigen::Vector3d step = solved.head<3>();
    double length = 1;
    int blocking = -1;
    for (int j = 0; j < 3; ++j)
      if (step[j] < 0 && w[j] + length * step[j] < 0) {
        length = w[j] / -step[j];
        blocking = j;
      }
    w += length * step;
    if (blocking >= 0) {
      w[blocking] = 0;
      held[static_cast<std::size_t>(blocking)] = true;
      continue;
    }
    if (step.lpNorm<Eigen::Infinity>() > 1e-12) continue;
    // solved[3] is minus the common gradient of the free weights.
    int released = -1;
    for (int j = 0; j < 3; ++j)
      if (held[static_cast<std::size_t>(j)] && gradient[j] + solved[3] < -1e-12 * (1 + gradient.norm())) released = j;
    if (released < 0) break;
    held[static_cast<std::size_t>(released)] = false;
  }
  w = w.cwiseMax(0.0);
  w /= w.sum();
  return {w[0], w[1], w[2]};
}

shares log_loss_shares(const training_set& rows, double beta, fit_report& report) {
  const std::vector<std::array<double, 2>> q = label_probabilities(rows, beta);
  const double uniform = 1 / static_cast<double>(rows.classes());
  const auto derivatives = [&](const Eigen::Vector3d& w, Eigen::Vector3d& gradient, Eigen::Matrix3d& hessian) {
    const std::vector<double> sums =
        detail::sum_over_rows(rows, 9, 64, [&](std::size_t first, std::size_t last, std::span<double> to) {
          for (std::size_t i = first; i < last; ++i) {
            const double component[3] = {q[i][0], q[i][1], uniform};
            const double mixed = std::max(w[0] * component[0] + w[1] * component[1] + w[2] * component[2], 1e-300);
            std::size_t at = 3;
            for (std::size_t a = 0; a < 3; ++a) {
              const double ratio = component[a] / mixed;
              to[a] -= rows.weight(i) * ratio;
              for (std::size_t b = a; b < 3; ++b) to[at++] += rows.weight(i) * ratio * (component[b] / mixed);
            }
          }
        });
    gradient = Eigen::Vector3d(sums[0], sums[1], sums[2]) / rows.total_weight();
    hessian << sums[3], sums[4], sums[5], sums[4], sums[6], sums[7], sums[5], sums[7], sums[8];
    hessian /= rows.total_weight();
  };
  std::size_t iterations = 0;
  const shares found = minimum_on_simplex(derivatives, iterations);
  report.iterations += iterations;
  return found;
}

/// sum_k (w . component_k - 1{y = k})^2 is a quadratic function of w: its two moments are taken in one pass.
shares brier_shares(const training_set& rows, double beta, fit_report& report) {
  const std::size_t K = rows.classes();
  const double uniform = 1 / static_cast<double>(K);
  const matrix_view& given = view_of(rows.values());
  const temperature_scaling unchanged(1);
  const temperature_scaling scaled(beta);
  const std::vector<double> sums =
      detail::sum_over_rows(rows, 9, 64, [&](std::size_t first, std::size_t last, std::span<double> to) {
        row_mapper map_raw(unchanged, rows.are_logits(), rows.floor());
        row_mapper map_tempered(scaled, rows.are_logits(), rows.floor());
        std::vector<double> raw(K);
        std::vector<double> tempered(K);
        for (std::size_t i = first; i < last; ++i) {
          map_raw.map(given, i, 1, raw.data());
          map_tempered.map(given, i, 1, tempered.data());
          const auto y = static_cast<std::size_t>(rows.label(i));
          const double w = rows.weight(i);
          to[0] += w * tempered[y];
          to[1] += w * raw[y];
          to[2] += w * uniform;
          double tt = 0;
          double tr = 0;
          double rr = 0;
          for (std::size_t k = 0; k < K; ++k) {
            tt += tempered[k] * tempered[k];
            tr += tempered[k] * raw[k];
            rr += raw[k] * raw[k];
          }
          to[3] += w * tt;
          to[4] += w * tr;
          to[5] += w * uniform;
          to[6] += w * rr;
          to[7] += w * uniform;
          to[8] += w * uniform;
        }
      });
  Eigen::Matrix3d products;
  products << sums[3], sums[4], sums[5], sums[4], sums[6], sums[7], sums[5], sums[7], sums[8];
  products *= 2 / rows.total_weight();
  const Eigen::Vector3d targets = 2 * Eigen::Vector3d(sums[0], sums[1], sums[2]) / rows.total_weight();
  std::size_t iterations = 0;
  const shares found = minimum_on_simplex(
      [&](const Eigen::Vector3d& w, Eigen::Vector3d& gradient, Eigen::Matrix3d& hessian) {
        gradient = products * w - targets;
        hessian = products;
      },
      iterations);
  report.iterations += iterations;
  return found;
}

}  // namespace

ensemble_temperature_scaling::ensemble_temperature_scaling(const parameter_list& stored)
    : beta_(stored.number("beta")), shares_() {
  const std::vector<double> kept = stored.numbers("shares", std::array<std::size_t, 1>{3});
  std::copy(kept.begin(), kept.end(), shares_.begin());
  if (!(beta_ > 0) || *std::min_element(kept.begin(), kept.end()) < 0 ||
      std::abs(std::accumulate(kept.begin(), kept.end(), 0.0) - 1) > 1e-9)
    throw error(error_code::malformed_input, "parameters \"beta\", \"shares\" are out of range");
}

std::size_t ensemble_temperature_scaling::apply(std::span<const double> from, std::span<double> p,
                                                std::size_t K) const {
  std::vector<double> raw(from.size());
  temperature_scaling(1).apply(from, raw, K);
  temperature_scaling(beta_).apply(from, p, K);
  const double uniform = shares_[2] / static_cast<double>(K);
  for (std::size_t j = 0; j < p.size(); ++j) p[j] = shares_[0] * p[j] + shares_[1] * raw[j] + uniform;
  return 0;
}

std::vector<parameter> ensemble_temperature_scaling::parameters() const {
  return {{"beta", {}, {beta_}}, {"shares", {3}, {shares_.begin(), shares_.end()}}};
}

fitted_map fit_ensemble_temperature_scaling(const training_set& rows, const temperature_options& options,
                                            ensemble_objective objective) {
  temperature_fit fit = fit_inverse_temperature(rows, options);
  fit.report.loss_after.reset();
  const shares found = objective == ensemble_objective::brier ? brier_shares(rows, fit.beta, fit.report)
                                                              : log_loss_shares(rows, fit.beta, fit.report);
  return {std::make_unique<ensemble_temperature_scaling>(fit.beta, found), std::move(fit.report)};
}

std::string ensemble_temperature_scaling::describe(operator_graph& graph, const std::string& from) const {
  const std::string tempered = temperature_scaling(beta_).describe(graph, from);
  const std::string mixed = graph.sum(graph.product(tempered, graph.number(shares_[0])),
                                      graph.product(graph.softmax(from), graph.number(shares_[1])));
  return graph.sum(mixed, graph.number(shares_[2] / static_cast<double>(graph.classes())));
}

}  // namespace calibrant
