#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/calibrators/operator_graph.hpp>
#include <calibrant/calibrators/training_set.hpp>

namespace calibrant::detail {

/// The class that a row of K probabilities predicts: the first one of the largest.
[[nodiscard]] inline std::size_t top_label(const double* row, std::size_t K) noexcept {
  return static_cast<std::size_t>(std::max_element(row, row + K) - row);
}

/// Calls work(i, predicted class, its probability) for every row.
template <class Work>
void for_each_top_label(const training_set& rows, const Work& work) {
  const std::size_t K = rows.classes();
  rows.in_form(score_form::probabilities).visit([&]<class T>(const basic_matrix_view<T>& view) {
    std::vector<double> row(K);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      std::transform(view.row(i), view.row(i) + K, row.begin(), [](T x) { return std::min(to_double(x), 1.0); });
      const std::size_t top = top_label(row.data(), K);
      work(i, top, row[top]);
    }
  });
}

/// Rows whose predicted class k gets h(k, its probability), while the others share the rest in proportion to what they
/// had, or equally where they had nothing.
template <class Confidence>
void apply_to_top_label(std::span<const double> from, std::span<double> p, std::size_t K, const Confidence& h) {
  for (std::size_t i = 0; i < from.size(); i += K) {
    const std::size_t top = top_label(from.data() + i, K);
    const double confidence = h(top, from[i + top]);
    double rest = 0;
    for (std::size_t k = 0; k < K; ++k) rest += k == top ? 0 : from[i + k];
    for (std::size_t k = 0; k < K; ++k)
      p[i + k] = (1 - confidence) * (rest > 0 ? from[i + k] / rest : 1 / static_cast<double>(K - 1));
    p[i + top] = confidence;
  }
}

/// The same in a graph; `values` has h of every column.
[[nodiscard]] inline std::string top_label_graph(operator_graph& graph, const std::string& from,
                                                 const std::string& values) {
  const std::size_t K = graph.classes();
  std::vector<std::int64_t> columns(K);
  for (std::size_t k = 0; k < K; ++k) columns[k] = static_cast<std::int64_t>(k);
  constexpr std::int64_t float32 = 1;
  const std::string top = graph.apply("ArgMax", {from}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{1}}});
  const std::string is_top = graph.apply("Equal", {top, graph.integers(std::move(columns), {1, K})});
  const std::string chosen = graph.apply("Cast", {is_top}, {{"to", float32}});
  const std::string confidence = graph.row_sum(graph.product(chosen, values));
  const std::string beside = graph.difference(graph.number(1), chosen);
  const std::string others = graph.product(from, beside);
  const std::string rest = graph.row_sum(others);
  const std::string has_rest = graph.apply("Greater", {rest, graph.number(0)});
  const std::string equal_shares = graph.product(beside, graph.number(1 / static_cast<double>(K - 1)));
  const std::string divisor = graph.apply("Where", {has_rest, rest, graph.number(1)});
  const std::string shares = graph.apply("Where", {has_rest, graph.apply("Div", {others, divisor}), equal_shares});
  return graph.sum(graph.product(chosen, confidence),
                   graph.product(graph.difference(graph.number(1), confidence), shares));
}

}  // namespace calibrant::detail
