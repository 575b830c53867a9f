#include "calibrators/detail/binned_curves.hpp"

#include <algorithm>
#include <array>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/ragged_lists.hpp"

namespace calibrant::detail {

std::vector<double> fill_with_shares(binned_curve& curve, const sorted_responses& groups) {
  std::vector<double> weights(curve.edges.size() - 1, 0.0);
  curve.values.assign(weights.size(), 0.0);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t bin = curve.bin_of(groups.values[g]);
    weights[bin] += groups.weights[g];
    curve.values[bin] += groups.hits[g];
  }
  for (std::size_t b = 0; b < weights.size(); ++b)
    curve.values[b] =
        weights[b] > 0 ? std::min(curve.values[b] / weights[b], 1.0) : (curve.edges[b] + curve.edges[b + 1]) / 2;
  return weights;
}

void note_fewer_bins(const std::vector<binned_curve>& curves, std::size_t asked, fit_report& report) {
  const auto fewer =
      std::count_if(curves.begin(), curves.end(), [&](const binned_curve& c) { return c.values.size() < asked; });
  if (fewer > 0)
    report.notes.push_back({"fewer_bins", std::to_string(fewer) + " of " + std::to_string(curves.size()) +
                                              (curves.size() == 1 ? " curve has" : " curves have") + " fewer than " +
                                              std::to_string(asked) + " bins, since equal scores stay together"});
}

std::vector<parameter> binned_parameters(const std::vector<binned_curve>& curves) {
  ragged_lists edges;
  ragged_lists values;
  for (const binned_curve& curve : curves) {
    edges.append(curve.edges);
    values.append(curve.values);
  }
  return {{"bins", {values.lengths.size()}, values.lengths},
          {"edges", {edges.numbers.size()}, edges.numbers},
          {"values", {values.numbers.size()}, values.numbers}};
}

std::vector<binned_curve> stored_binned_curves(const parameter_list& stored, std::size_t count) {
  std::vector<binned_curve> curves;
  const std::vector<double> bins = stored.numbers("bins", std::array{count});
  std::vector<double> edge_counts = bins;
  for (double& edge_count : edge_counts) ++edge_count;
  std::vector<std::vector<double>> edges = lists_of(edge_counts, stored.list("edges"), "edges");
  std::vector<std::vector<double>> values = lists_of(bins, stored.list("values"), "values");
  for (std::size_t c = 0; c < bins.size(); ++c) {
    if (values[c].empty() || !std::is_sorted(edges[c].begin(), edges[c].end()) ||
        std::any_of(values[c].begin(), values[c].end(), [](double y) { return y < 0 || y > 1; }))
      throw error(error_code::malformed_input, "parameters \"edges\", \"values\" are no bins of probabilities");
    curves.push_back({std::move(edges[c]), std::move(values[c])});
  }
  return curves;
}

std::string binned_values(operator_graph& graph, const std::vector<binned_curve>& curves, const std::string& from) {
  std::vector<std::vector<double>> edges;
  std::vector<std::vector<double>> values;
  for (const binned_curve& curve : curves) {
    edges.emplace_back(curve.edges.begin() + 1, curve.edges.end() - 1);
    values.push_back(curve.values);
  }
  threshold_search search(graph, edges);
  return search.entries(search.places(from, false), values);
}

}  // namespace calibrant::detail
