#include <calibrant/calibrators/histogram_binning.hpp>

#include <algorithm>
#include <numeric>

#include <calibrant/core/bin_edges.hpp>

#include "calibrators/detail/binned_curves.hpp"
#include "calibrators/detail/equal_mass_cuts.hpp"
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
    if (rule == empty_bin::prior) curve.values[j] = prior;
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
                                                        : detail::equal_mass_cuts(groups).edges(options.bins);
  const std::vector<double> weights = detail::fill_with_shares(curve, groups);
  const double total = std::accumulate(groups.weights.begin(), groups.weights.end(), 0.0);
  const double hits = std::accumulate(groups.hits.begin(), groups.hits.end(), 0.0);
  fill_empty_bins(curve, weights, options.empty, hits / total);
  return curve;
}

}  // namespace

std::size_t binned_curve::bin_of(double score) const noexcept {
  const auto above = std::upper_bound(edges.begin() + 1, edges.end() - 1, score);
  return static_cast<std::size_t>(above - edges.begin()) - 1;
}

histogram_binning::histogram_binning(const parameter_list& stored)
    : curves_(detail::stored_binned_curves(stored, detail::curve_count(stored.classes()))) {}

std::size_t histogram_binning::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  return detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double s) { return curves_[K == 2 ? 0 : k].at(s); });
}

std::vector<parameter> histogram_binning::parameters() const { return detail::binned_parameters(curves_); }

fitted_map fit_histogram_binning(const training_set& rows, const histogram_options& options) {
  std::vector<binned_curve> curves(detail::curve_count(rows.classes()));
  detail::for_each_sorted_curve(
      rows, [&](std::size_t c, const detail::sorted_responses& groups) { curves[c] = curve_of(groups, options); });
  fit_report report;
  if (options.division == bin_division::mass) detail::note_fewer_bins(curves, options.bins, report);
  return {std::make_unique<histogram_binning>(std::move(curves)), std::move(report)};
}

std::string histogram_binning::describe(operator_graph& graph, const std::string& from) const {
  return detail::one_vs_rest_graph(graph, from,
                                   [&](const std::string& s) { return detail::binned_values(graph, curves_, s); });
}

}  // namespace calibrant
