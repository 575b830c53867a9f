#include <calibrant/calibrators/histogram_binning.hpp>

#include <algorithm>
#include <cmath>

#include <calibrant/core/bin_edges.hpp>

#include "calibrators/detail/binned_curves.hpp"
#include "calibrators/detail/equal_mass_edges.hpp"
#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

std::vector<double> equal_width_edges(std::size_t bins) {
  const bin_edges rule = bin_edges::equal_width(bins);
  std::vector<double> edges;
  for (std::size_t j = 0; j < bins; ++j) edges.push_back(rule.lower(j));
  edges.push_back(1);
  return edges;
}

void fill_empty_bins(binned_curve& curve, const std::vector<double>& weights, empty_bin rule, double prior) {
  const auto centre = [&](std::size_t j) { return (curve.edges[j] + curve.edges[j + 1]) / 2; };
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (weights[j] > 0) continue;
    curve.values[j] = rule == empty_bin::prior ? prior : centre(j);
    if (rule != empty_bin::linear) continue;
    std::size_t before = j;
    while (before > 0 && weights[before] == 0) --before;
    std::size_t after = j;
    while (after + 1 < weights.size() && weights[after] == 0) ++after;
    if (weights[before] == 0 && weights[after] == 0) continue;
    if (weights[before] == 0) {
      curve.values[j] = curve.values[after];
    } else if (weights[after] == 0) {
      curve.values[j] = curve.values[before];
    } else {
      const double share = (centre(j) - centre(before)) / (centre(after) - centre(before));
      curve.values[j] = curve.values[before] + share * (curve.values[after] - curve.values[before]);
    }
  }
}

binned_curve curve_of(const detail::sorted_responses& groups, const histogram_options& options) {
  binned_curve curve;
  curve.edges = options.division == bin_division::width ? equal_width_edges(options.bins)
                                                        : detail::equal_mass_edges(groups, options.bins);
  const std::size_t bins = curve.edges.size() - 1;
  std::vector<double> weights(bins, 0.0);
  curve.values.assign(bins, 0.0);
  double total = 0;
  double hits = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t bin = curve.bin_of(groups.values[g]);
    weights[bin] += groups.weights[g];
    curve.values[bin] += groups.hits[g];
    total += groups.weights[g];
    hits += groups.hits[g];
  }
  for (std::size_t j = 0; j < bins; ++j)
    if (weights[j] > 0) curve.values[j] /= weights[j];
  fill_empty_bins(curve, weights, options.empty, hits / total);
  return curve;
}

}  // namespace

std::size_t binned_curve::bin_of(double score) const noexcept {
  const auto above = std::upper_bound(edges.begin() + 1, edges.end() - 1, score);
  return static_cast<std::size_t>(above - edges.begin()) - 1;
}

histogram_binning::histogram_binning(const parameter_list& stored) : curves_(detail::stored_binned_curves(stored)) {}

void histogram_binning::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double s) { return curves_[K == 2 ? 0 : k].at(s); });
}

std::vector<parameter> histogram_binning::parameters() const { return detail::binned_parameters(curves_); }

fitted_map fit_histogram_binning(const training_set& rows, const histogram_options& options) {
  const std::size_t K = rows.classes();
  std::vector<binned_curve> curves(K == 2 ? 1 : K);
  detail::for_each_class(
      rows, score_form::probabilities, [&](std::size_t k, std::span<const double> column, bool single) {
        const auto hit = [&](std::size_t i) { return static_cast<std::size_t>(rows.label(i)) == k; };
        curves[K == 2 ? 0 : k] = curve_of(detail::sort_responses(column, single, hit, rows.weights()), options);
      });
  return {std::make_unique<histogram_binning>(std::move(curves)), {}};
}

std::string histogram_binning::describe(operator_graph& graph, const std::string& from) const {
  return detail::one_vs_rest_graph(graph, from, [&](const std::string& s) {
    std::vector<std::vector<double>> edges;
    std::vector<std::vector<double>> values;
    for (const binned_curve& curve : curves_) {
      edges.emplace_back(curve.edges.begin() + 1, curve.edges.end() - 1);
      values.push_back(curve.values);
    }
    detail::threshold_search search(graph, edges);
    return search.entries(search.places(s, false), values);
  });
}

}  // namespace calibrant
