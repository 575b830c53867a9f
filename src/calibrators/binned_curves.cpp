#include "calibrators/detail/binned_curves.hpp"

#include <algorithm>
#include <array>

#include <calibrant/core/error.hpp>

#include "calibrators/detail/ragged_lists.hpp"

namespace calibrant::detail {

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

std::vector<binned_curve> stored_binned_curves(const parameter_list& stored) {
  std::vector<binned_curve> curves;
  const std::vector<double> bins = stored.numbers("bins", std::array{stored.classes() == 2 ? 1 : stored.classes()});
  std::vector<double> edge_counts = bins;
  for (double& count : edge_counts) ++count;
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

}  // namespace calibrant::detail
