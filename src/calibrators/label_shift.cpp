#include <calibrant/calibrators/label_shift.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <utility>

#include <Eigen/Dense>

#include <calibrant/calibrators/row_mapper.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/random.hpp>
#include <calibrant/stats/row_content.hpp>

#include "calibrators/detail/top_label_rows.hpp"

namespace calibrant {
namespace {

constexpr std::size_t replicates = 100;
constexpr std::size_t most_passes = 10'000;
constexpr double still = 1e-8;
constexpr std::size_t most_drawn_numbers = 200'000;
constexpr std::size_t most_drawn_passes = 200;
constexpr double drawn_still = 1e-5;
constexpr double most_condition = 1e3;

using vector = std::vector<double>;

void normalize(vector& x) {
  const double total = std::accumulate(x.begin(), x.end(), 0.0);
  for (double& v : x) v /= total;
}

/// The weight of a row in one replicate: from the exponential distribution of mean 1.
double drawn_weight(std::uint64_t draw, std::size_t replicate) {
  return -std::log1p(-counter_random(draw, replicate).uniform(0));
}

/// Shares of the labels.
vector label_shares(const training_set& rows) {
  vector pi = rows.class_weights();
  normalize(pi);
  return pi;
}

vector drawn_label_shares(const training_set& rows, const probability_rows& source, std::size_t replicate) {
  vector pi(rows.classes(), 0.0);
  for (std::size_t i = 0; i < rows.rows(); ++i)
    pi[static_cast<std::size_t>(rows.label(i))] += rows.weight(i) * drawn_weight(source.draws[i], replicate);
  normalize(pi);
  return pi;
}

/// Deviations of replicates from the estimate, as standard errors.
vector deviations(const std::vector<vector>& ratios, const vector& centre, double scale) {
  vector errors(centre.size(), 0.0);
  for (const vector& ratio : ratios)
    for (std::size_t k = 0; k < centre.size(); ++k) errors[k] += (ratio[k] - centre[k]) * (ratio[k] - centre[k]);
  for (double& e : errors) e = std::sqrt(e / static_cast<double>(ratios.size())) * scale;
  return errors;
}

vector ratios_of(const vector& shares, const vector& pi) {
  vector w(shares.size());
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = shares[k] / pi[k];
  return w;
}

/// The EM algorithm on some rows of the target, with weights or none.
struct expectation_maximization {
  const probability_rows& target;
  const std::vector<std::size_t>* some = nullptr;  ///< which rows; null: all
  std::size_t passes = 0;
  bool converged = false;

  [[nodiscard]] std::size_t size() const { return some == nullptr ? target.size() : some->size(); }

  vector shares_from(vector shares, const vector& pi, const vector& weights, double tolerance, std::size_t limit,
                     thread_pool& pool) {
    const std::size_t K = pi.size();
    const std::size_t parts = std::clamp<std::size_t>(size() * K / 4096, 1, 16);
    std::vector<vector> sums(parts);
    converged = false;
    for (passes = 0; passes < limit && !converged; ++passes) {
      const vector ratio = ratios_of(shares, pi);
      pool.run(parts, [&](std::size_t part) {
        sums[part].assign(K + 1, 0.0);
        for (std::size_t j = size() * part / parts; j < size() * (part + 1) / parts; ++j) {
          const double* const p = target.row(some == nullptr ? j : (*some)[j]);
          double mass = 0;
          for (std::size_t k = 0; k < K; ++k) mass += p[k] * ratio[k];
          if (!(mass > 0)) continue;
          const double w = (weights.empty() ? 1.0 : weights[j]) / mass;
          for (std::size_t k = 0; k < K; ++k) sums[part][k] += w * p[k];
        }
      });
      vector moved(K, 0.0);
      for (const vector& sum : sums)
        for (std::size_t k = 0; k < K; ++k) moved[k] += sum[k];
      for (std::size_t k = 0; k < K; ++k) moved[k] *= ratio[k];
      normalize(moved);
      double farthest = 0;
      for (std::size_t k = 0; k < K; ++k) farthest = std::max(farthest, std::abs(moved[k] - shares[k]));
      shares = std::move(moved);
      converged = farthest < tolerance;
    }
    return shares;
  }
};

/// Shares of (prediction, label) and of predictions.
struct confusion {
  Eigen::MatrixXd C;
  Eigen::VectorXd mu;
};

/// One weight for a row of the source or the target.
using row_weight = std::function<double(std::size_t)>;

confusion confusion_of(const training_set& rows, const std::vector<std::size_t>& predicted, const row_weight& weight,
                       const std::vector<std::size_t>& target_predicted, const row_weight& target_weight) {
  const auto K = static_cast<Eigen::Index>(rows.classes());
  confusion counted{Eigen::MatrixXd::Zero(K, K), Eigen::VectorXd::Zero(K)};
  for (std::size_t i = 0; i < predicted.size(); ++i)
    counted.C(static_cast<Eigen::Index>(predicted[i]), rows.label(i)) += weight(i);
  for (std::size_t i = 0; i < target_predicted.size(); ++i)
    counted.mu[static_cast<Eigen::Index>(target_predicted[i])] += target_weight(i);
  counted.C /= counted.C.sum();
  counted.mu /= counted.mu.sum();
  return counted;
}

std::vector<std::size_t> predictions_of(const probability_rows& rows) {
  std::vector<std::size_t> predicted(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) predicted[i] = detail::top_label(rows.row(i), rows.K);
  return predicted;
}

Eigen::VectorXd solved(const confusion& counted, double ridge) {
  if (ridge == 0) return counted.C.partialPivLu().solve(counted.mu);
  const auto K = counted.mu.size();
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(K);
  const Eigen::MatrixXd normal = counted.C.transpose() * counted.C + ridge * Eigen::MatrixXd::Identity(K, K);
  return ones + normal.ldlt().solve(counted.C.transpose() * (counted.mu - counted.C * ones));
}

}  // namespace

probability_rows mapped_rows(const calibration_map& map, const class_scores& from, double floor, std::uint64_t seed,
                             thread_pool& pool) {
  const matrix_view& view = view_of(from);
  const std::size_t n = view.rows();
  const std::size_t K = view.columns();
  probability_rows to{.K = K, .p = std::vector<double>(n * K), .draws = std::vector<std::uint64_t>(n)};
  const std::size_t parts = std::clamp<std::size_t>(n / 128, 1, 64);
  pool.run(parts, [&](std::size_t part) {
    row_mapper mapper(map, std::holds_alternative<logits>(from), floor);
    for (std::size_t i = n * part / parts; i < n * (part + 1) / parts; ++i) {
      mapper.map(view, i, 1, to.p.data() + i * K);
      to.draws[i] = draw_by_content(seed, {to.row(i), K});
    }
  });
  return to;
}

label_shift shares_by_likelihood(const training_set& rows, const probability_rows& source,
                                 const probability_rows& target) {
  const vector pi = label_shares(rows);
  expectation_maximization all{.target = target};
  label_shift shift;
  shift.shares = all.shares_from(pi, pi, {}, still, most_passes, rows.pool());
  shift.passes = all.passes;
  shift.converged = all.converged;

  std::vector<std::size_t> drawn(target.size());
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  std::sort(drawn.begin(), drawn.end(),
            [&](std::size_t a, std::size_t b) { return target.draws[a] < target.draws[b]; });
  drawn.resize(std::min(drawn.size(), std::max<std::size_t>(most_drawn_numbers / target.K, 200)));
  std::vector<vector> ratios;
  for (std::size_t replicate = 0; replicate < replicates; ++replicate) {
    vector weights;
    for (const std::size_t i : drawn) weights.push_back(drawn_weight(target.draws[i], replicate));
    const vector drawn_pi = drawn_label_shares(rows, source, replicate);
    expectation_maximization some{.target = target, .some = &drawn};
    vector start = shift.shares;
    for (double& share : start) share = std::max(share, 1e-6);
    ratios.push_back(ratios_of(
        some.shares_from(std::move(start), drawn_pi, weights, drawn_still, most_drawn_passes, rows.pool()), drawn_pi));
  }
  const double scale = std::sqrt(static_cast<double>(drawn.size()) / static_cast<double>(target.size()));
  shift.errors = deviations(ratios, ratios_of(shift.shares, pi), scale);
  return shift;
}

label_shift shares_by_confusion(const training_set& rows, const probability_rows& source,
                                const probability_rows& target, bool regularised) {
  const std::vector<std::size_t> predicted = predictions_of(source);
  const std::vector<std::size_t> target_predicted = predictions_of(target);
  const confusion counted = confusion_of(
      rows, predicted, [&](std::size_t i) { return rows.weight(i); }, target_predicted,
      [](std::size_t) { return 1.0; });
  label_shift shift;
  const Eigen::VectorXd singular = Eigen::JacobiSVD<Eigen::MatrixXd>(counted.C).singularValues();
  shift.condition = singular[0] / singular[singular.size() - 1];
  if (!regularised && !(shift.condition <= most_condition))
    throw error(error_code::invalid_argument,
                "prior correction: the confusion matrix of predictions and labels has a condition number of " +
                    (std::isfinite(shift.condition) ? std::to_string(std::llround(shift.condition)) : "infinity") +
                    ", expected at most 1000, since otherwise chance decides; take estimator = em or rlls");
  const double ridge = regularised ? (1 / rows.total_weight() + 1 / static_cast<double>(target.size())) /
                                         static_cast<double>(rows.classes())
                                   : 0;
  const auto clipped = [](const Eigen::VectorXd& w) {
    vector ratio(w.data(), w.data() + w.size());
    for (double& r : ratio) r = std::max(r, 0.0);
    return ratio;
  };
  const Eigen::VectorXd w = solved(counted, ridge);
  shift.negative = static_cast<std::size_t>((w.array() < 0).count());
  const vector ratio = clipped(w);
  const vector pi = label_shares(rows);
  for (std::size_t k = 0; k < pi.size(); ++k) shift.shares.push_back(pi[k] * ratio[k]);
  normalize(shift.shares);

  std::vector<vector> ratios;
  for (std::size_t replicate = 0; replicate < replicates; ++replicate)
    ratios.push_back(clipped(solved(
        confusion_of(
            rows, predicted, [&](std::size_t i) { return rows.weight(i) * drawn_weight(source.draws[i], replicate); },
            target_predicted, [&](std::size_t i) { return drawn_weight(target.draws[i], replicate); }),
        ridge)));
  shift.errors = deviations(ratios, ratio, 1);
  return shift;
}

}  // namespace calibrant
