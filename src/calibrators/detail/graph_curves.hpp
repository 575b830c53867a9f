#pragma once

#include <string>
#include <vector>

#include <calibrant/calibrators/operator_graph.hpp>

namespace calibrant::detail {

/// What one-vs-rest calibrators do with a graph: `curve` makes the values of all curves of their scores.
template <class Curve>
[[nodiscard]] std::string one_vs_rest_graph(operator_graph& graph, const std::string& from, const Curve& curve) {
  if (graph.classes() != 2) return graph.normalized(curve(from));
  const std::string second = curve(graph.apply("Gather", {from, graph.integers({1}, {1})}, {{"axis", 1}}));
  return graph.apply("Concat", {graph.difference(graph.number(1), second), second}, {{"axis", 1}});
}

/// Sorted lists of thresholds, one for each curve, in which scores are looked up by an unrolled binary search: a place
/// is how many thresholds lie at or below the score (below it where `strictly`).
class threshold_search {
 public:
  /// One list for each column of scores, or one for all.
  threshold_search(operator_graph& graph, const std::vector<std::vector<double>>& thresholds);

  /// The place of every score among the entries of tables.
  [[nodiscard]] std::string places(const std::string& from, bool strictly);
  /// Entries by place: of each curve one more than it has thresholds.
  [[nodiscard]] std::string entries(const std::string& places, const std::vector<std::vector<double>>& table);

 private:
  operator_graph& graph_;
  std::size_t curves_;
  std::size_t length_;  ///< of a list with what fills it up, a power of 2
  std::string thresholds_;
};

}  // namespace calibrant::detail
