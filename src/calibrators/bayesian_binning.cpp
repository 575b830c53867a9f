#include <calibrant/calibrators/bayesian_binning.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <calibrant/math/log_gamma.hpp>

#include "calibrators/detail/equal_mass_cuts.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

constexpr double spread_of_bins = 10;
constexpr double prior_rows = 2;
constexpr double least_share = 1e-4;

/// One number of bins: its edges, the mean of the posterior in each, and the logarithm of its score.
struct binning {
  binned_curve curve;
  double log_score = 0;
};

/// Sorted rows of which the hits in any interval of scores are known at once.
class cumulative_rows {
 public:
  explicit cumulative_rows(const detail::sorted_responses& groups) : groups_(groups), cuts_(groups) {
    hits_.reserve(groups.size());
    double total = 0;
    for (const double h : groups.hits) hits_.push_back(total += h);
  }

  [[nodiscard]] double weight() const noexcept { return cuts_.reached().back(); }

  [[nodiscard]] binning with_bins(std::size_t bins) const {
    binning made;
    made.curve.edges = cuts_.edges(bins);
    const std::size_t count = made.curve.edges.size() - 1;
    const double a = prior_rows / static_cast<double>(count);
    std::size_t before = 0;
    for (std::size_t b = 0; b < count; ++b) {
      const std::size_t end = b + 1 == count ? groups_.size() : groups_below(made.curve.edges[b + 1]);
      const double N = between(cuts_.reached(), before, end);
      const double m = between(hits_, before, end);
      const double n = std::max(N - m, 0.0);
      const double q = (made.curve.edges[b] + made.curve.edges[b + 1]) / 2;
      made.log_score += log_gamma(a) - log_gamma(N + a);
      made.log_score += log_gamma(m + a * q) - log_gamma(a * q);
      made.log_score += log_gamma(n + a * (1 - q)) - log_gamma(a * (1 - q));
      made.curve.values.push_back((m + a * q) / (N + a));
      before = end;
    }
    return made;
  }

 private:
  [[nodiscard]] std::size_t groups_below(double edge) const {
    return static_cast<std::size_t>(std::lower_bound(groups_.values.begin(), groups_.values.end(), edge) -
                                    groups_.values.begin());
  }
  static double between(const std::vector<double>& sums, std::size_t first, std::size_t last) {
    return last == first ? 0 : sums[last - 1] - (first == 0 ? 0 : sums[first - 1]);
  }

  const detail::sorted_responses& groups_;
  detail::equal_mass_cuts cuts_;
  std::vector<double> hits_;
};

/// The mean of curves in the bins of all of them.
binned_curve averaged(const std::vector<binning>& kept, double best) {
  binned_curve mean;
  for (const binning& each : kept)
    mean.edges.insert(mean.edges.end(), each.curve.edges.begin(), each.curve.edges.end());
  std::sort(mean.edges.begin(), mean.edges.end());
  mean.edges.erase(std::unique(mean.edges.begin(), mean.edges.end()), mean.edges.end());
  mean.values.assign(mean.edges.size() - 1, 0.0);
  double total = 0;
  for (const binning& each : kept) {
    const double share = std::exp(each.log_score - best);
    total += share;
    std::size_t own = 0;
    for (std::size_t b = 0; b < mean.values.size(); ++b) {
      while (each.curve.edges[own + 1] <= mean.edges[b]) ++own;
      mean.values[b] += share * each.curve.values[own];
    }
  }
  for (double& y : mean.values) y = std::min(y / total, 1.0);
  return mean;
}

binned_curve curve_of(const detail::sorted_responses& groups) {
  const cumulative_rows rows(groups);
  const double root = std::cbrt(rows.weight());
  const auto fewest = static_cast<std::size_t>(std::max(std::ceil(root / spread_of_bins), 1.0));
  const std::size_t most = std::max(
      std::min(static_cast<std::size_t>(std::min(std::floor(root * spread_of_bins), 1e9)), groups.size()), fewest);
  std::vector<binning> kept;
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t bins = fewest; bins <= most; ++bins) {
    binning made = rows.with_bins(bins);
    if (made.log_score < best + std::log(least_share)) continue;
    best = std::max(best, made.log_score);
    kept.push_back(std::move(made));
  }
  std::erase_if(kept, [&](const binning& each) { return each.log_score < best + std::log(least_share); });
  return averaged(kept, best);
}

}  // namespace

fitted_map fit_bayesian_binning(const training_set& rows) {
  std::vector<binned_curve> curves(detail::curve_count(rows.classes()));
  detail::for_each_sorted_curve(
      rows, [&](std::size_t c, const detail::sorted_responses& groups) { curves[c] = curve_of(groups); });
  return {std::make_unique<histogram_binning>(std::move(curves)), {}};
}

}  // namespace calibrant
