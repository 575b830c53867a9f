#include <calibrant/calibrators/information_binning.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <calibrant/core/random.hpp>

#include "calibrators/detail/binned_curves.hpp"
#include "calibrators/detail/flattened_pairs.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

constexpr std::size_t most_passes = 200;
constexpr double still = 1e-6;

double entropy(double p) noexcept { return (p > 0 ? -p * std::log(p) : 0) + (p < 1 ? -(1 - p) * std::log1p(-p) : 0); }

/// Jensen-Shannon divergence of two coins.
double divergence(double p, double q) noexcept {
  return std::max(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2, 0.0);
}

/// ln(1 + e^x)
double softplus(double x) noexcept { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// The log odds at which two representatives, `lower` < `upper`, fit equally well; both are finite.
double edge_between(double lower, double upper) noexcept {
  return std::log((softplus(upper) - softplus(lower)) / (softplus(-lower) - softplus(-upper)));
}

double sigmoid(double x) noexcept { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

/// Sums over sorted distinct probabilities p, up to each of them: w p and w (1 - p).
class cumulative_odds {
 public:
  explicit cumulative_odds(const detail::sorted_responses& groups) : p_(groups.values) {
    double for_it = 0;
    double against = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for_.push_back(for_it += groups.weights[g] * p_[g]);
      against_.push_back(against += groups.weights[g] * (1 - p_[g]));
    }
  }

  /// phi of the probabilities in [lower, upper), or of those in [lower, 1]; none: no such rows. Rows of probability 0
  /// or 1 alone have the log odds of the smallest normal number and of its complement.
  [[nodiscard]] std::optional<double> representative(double lower, double upper, bool last) const {
    const std::size_t first = below(lower);
    const std::size_t end = last ? p_.size() : below(upper);
    if (end <= first) return std::nullopt;
    constexpr double bound = 708.396418532264106;  // -ln 2^-1022
    const double odds = std::log(between(for_, first, end)) - std::log(between(against_, first, end));
    return std::clamp(odds, -bound, bound);
  }

 private:
  [[nodiscard]] std::size_t below(double edge) const {
    return static_cast<std::size_t>(std::lower_bound(p_.begin(), p_.end(), edge) - p_.begin());
  }
  static double between(const std::vector<double>& sums, std::size_t first, std::size_t end) {
    return std::max(sums[end - 1] - (first == 0 ? 0 : sums[first - 1]), 0.0);
  }

  const std::vector<double>& p_;
  std::vector<double> for_;
  std::vector<double> against_;
};

/// Probabilities drawn far from one another: each with a chance in proportion to its weight times its divergence from
/// the nearest one that has been drawn.
std::vector<double> drawn_apart(const detail::sorted_responses& groups, std::size_t count, std::uint64_t seed) {
  const counter_random random(seed, 0);
  std::vector<double> nearest(groups.size(), 1.0);
  std::vector<double> drawn;
  while (drawn.size() < count) {
    double total = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) total += groups.weights[g] * nearest[g];
    if (!(total > 0)) break;
    double left = random.uniform(drawn.size()) * total;
    std::size_t at = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (!(nearest[g] > 0)) continue;
      at = g;
      left -= groups.weights[g] * nearest[g];
      if (left < 0) break;
    }
    const double p = groups.values[at];
    for (std::size_t g = 0; g < groups.size(); ++g)
      nearest[g] = std::min(drawn.empty() ? 1.0 : nearest[g], divergence(groups.values[g], p));
    drawn.push_back(p);
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

/// Edges between representatives, as probabilities from 0 to 1. Representatives that are all but equal share a bin.
std::vector<double> edges_between(const std::vector<double>& representatives) {
  std::vector<double> edges = {0.0};
  for (std::size_t b = 1; b < representatives.size(); ++b) {
    const double edge = sigmoid(edge_between(representatives[b - 1], representatives[b]));
    if (edge > edges.back() && edge < 1) edges.push_back(edge);
  }
  edges.push_back(1.0);
  return edges;
}

std::vector<double> representatives_of(const cumulative_odds& odds, const std::vector<double>& edges) {
  std::vector<double> all;
  for (std::size_t b = 0; b + 1 < edges.size(); ++b)
    if (const auto phi = odds.representative(edges[b], edges[b + 1], b + 2 == edges.size());
        phi && (all.empty() || *phi > all.back()))
      all.push_back(*phi);
  return all;
}

binned_curve curve_of(const detail::sorted_responses& groups, const information_binning_options& options) {
  const cumulative_odds odds(groups);
  std::vector<double> representatives;
  for (const double p : drawn_apart(groups, options.bins, options.seed)) {
    const auto phi = odds.representative(p, std::nextafter(p, 2.0), false);
    if (phi && (representatives.empty() || *phi > representatives.back())) representatives.push_back(*phi);
  }
  binned_curve curve{.edges = edges_between(representatives), .values = {}};
  for (std::size_t pass = 0; pass < most_passes; ++pass) {
    std::vector<double> moved = representatives_of(odds, curve.edges);
    double farthest = moved.size() == representatives.size() ? 0 : 1;
    for (std::size_t b = 0; farthest < 1 && b < moved.size(); ++b)
      farthest = std::max(farthest, std::abs(moved[b] - representatives[b]));
    representatives = std::move(moved);
    curve.edges = edges_between(representatives);
    if (farthest < still) break;
  }
  detail::fill_with_shares(curve, groups);
  return curve;
}

}  // namespace

fitted_map fit_information_binning(const training_set& rows, const information_binning_options& options) {
  std::vector<binned_curve> curves(detail::curve_count(rows.classes()));
  if (options.shared && curves.size() > 1)
    std::fill(curves.begin(), curves.end(),
              curve_of(detail::visit_pairs(rows, [](const auto&... pairs) { return detail::sort_responses(pairs...); }),
                       options));
  else
    detail::for_each_sorted_curve(
        rows, [&](std::size_t c, const detail::sorted_responses& groups) { curves[c] = curve_of(groups, options); });
  return {std::make_unique<histogram_binning>(std::move(curves)), {}};
}

}  // namespace calibrant
