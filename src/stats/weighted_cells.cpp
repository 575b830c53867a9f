#include <calibrant/stats/weighted_cells.hpp>

#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant {

cell_moments cell_pair::moments(double total_weight) const noexcept {
  return {.weight = sums.weight / total_weight,
          .rows = effective_rows(),
          .confidence = sums.confidence / sums.weight,
          .accuracy = sums.hits / sums.weight,
          .residual_square = variance_sums.squared_residual / variance_sums.weight,
          .bernoulli_variance = variance_sums.variance / variance_sums.weight};
}

weighted_cells::weighted_cells(std::size_t classes, bin_edges bins, weight_kind weights)
    : edges(std::move(bins)), kind(weights), by_weight(classes, edges.bins()) {
  if (squared()) by_squared_weight = cell_table(classes, edges.bins());
}

void weighted_cells::require_mergeable(const weighted_cells& other) const {
  const auto mismatch = [](const std::string& what, const std::string& ours, const std::string& theirs) {
    throw error(error_code::state_mismatch, "merge: the states have " + ours + " and " + theirs + " " + what +
                                                ", expected the same; evaluate both with the same options");
  };
  if (classes() != other.classes()) mismatch("classes", std::to_string(classes()), std::to_string(other.classes()));
  if (bins() != other.bins()) mismatch("bins", std::to_string(bins()), std::to_string(other.bins()));
  if (edges != other.edges)
    throw error(error_code::state_mismatch,
                "merge: the states have different bin edges, expected the same; evaluate both with the same options");
  if (kind != other.kind) mismatch("weights", std::string(name_of(kind)), std::string(name_of(other.kind)));
}

void weighted_cells::merge(const weighted_cells& other) {
  require_mergeable(other);
  by_weight.merge(other.by_weight);
  if (squared()) by_squared_weight.merge(other.by_squared_weight);
}

}  // namespace calibrant
