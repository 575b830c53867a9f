#include "calibrators/detail/graph_curves.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace calibrant::detail {
namespace {

/// The smallest float32 that is not below x: a float32 score reaches the one where it reaches the other.
double reached_by_float(double x) noexcept {
  const auto rounded = static_cast<float>(x);
  if (static_cast<double>(rounded) >= x) return static_cast<double>(rounded);
  return static_cast<double>(std::nextafter(rounded, std::numeric_limits<float>::infinity()));
}

}  // namespace

threshold_search::threshold_search(operator_graph& graph, const std::vector<std::vector<double>>& thresholds)
    : graph_(graph), curves_(thresholds.size()) {
  std::size_t longest = 1;
  for (const std::vector<double>& list : thresholds) longest = std::max(longest, list.size());
  length_ = std::bit_ceil(longest + 1);
  std::vector<double> table(curves_ * length_, std::numeric_limits<float>::max());
  for (std::size_t c = 0; c < curves_; ++c) {
    table[c * length_] = std::numeric_limits<float>::lowest();
    for (std::size_t j = 0; j < thresholds[c].size(); ++j)
      table[c * length_ + 1 + j] = reached_by_float(thresholds[c][j]);
  }
  thresholds_ = graph_.numbers(table, {table.size()});
}

std::string threshold_search::places(const std::string& from, bool strictly) {
  std::vector<std::int64_t> starts;
  for (std::size_t c = 0; c < curves_; ++c) starts.push_back(static_cast<std::int64_t>(c * length_));
  std::string place = graph_.integers(std::move(starts), {1, curves_});
  for (std::size_t step = length_ / 2; step > 0; step /= 2) {
    const std::string further = graph_.sum(place, graph_.integers({static_cast<std::int64_t>(step)}, {}));
    const std::string threshold = graph_.apply("Gather", {thresholds_, further}, {{"axis", 0}});
    const std::string reached = graph_.apply(strictly ? "Greater" : "GreaterOrEqual", {from, threshold});
    place = graph_.apply("Where", {reached, further, place});
  }
  return place;
}

std::string threshold_search::entries(const std::string& places, const std::vector<std::vector<double>>& table) {
  std::vector<double> flat(curves_ * length_, 0.0);
  for (std::size_t c = 0; c < curves_; ++c)
    std::copy(table[c].begin(), table[c].end(), flat.begin() + static_cast<std::ptrdiff_t>(c * length_));
  return graph_.apply("Gather", {graph_.numbers(flat, {flat.size()}), places}, {{"axis", 0}});
}

}  // namespace calibrant::detail
