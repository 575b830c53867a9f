#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/stats/row_content.hpp>
#include <calibrant/stats/row_store.hpp>

#include "metrics/detail/score_mean.hpp"

namespace calibrant::detail {

/// The different rows (p, y) of a store with how often each occurs, in an order that their content decides; so what is
/// summed over them in order does not depend on the order of the rows, nor on rows that are repeated or counted.
struct distinct_rows {
  struct row {
    std::span<const double> p;
    std::size_t label;
    double count;
  };
  std::vector<row> rows;
  double total = 0;     ///< n
  std::string missing;  ///< why there are no rows; empty if there are

  [[nodiscard]] static distinct_rows of(const row_store& store, std::uint64_t seed) {
    if (!store.missing().empty()) return without(store.missing());
    if (store.size() == 0) return without(empty_reason);
    std::vector<std::uint64_t> content(store.size());
    for (std::size_t i = 0; i < store.size(); ++i) {
      if (store.weight(i) != std::floor(store.weight(i)))
        return without("needs rows that count: weights are not numbers of rows");
      content[i] = draw_by_content(seed, store.scores(i));
    }
    const auto compare = [&](std::size_t a, std::size_t b) {
      if (content[a] != content[b]) return content[a] < content[b] ? -1 : 1;
      const auto order = std::lexicographical_compare_three_way(store.scores(a).begin(), store.scores(a).end(),
                                                                store.scores(b).begin(), store.scores(b).end());
      if (order != 0) return order < 0 ? -1 : 1;
      return store.label(a) - store.label(b);
    };
    std::vector<std::size_t> order(store.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return compare(a, b) < 0; });
    distinct_rows result;
    for (std::size_t j = 0; j < order.size(); ++j) {
      const std::size_t i = order[j];
      result.total += store.weight(i);
      if (j > 0 && compare(order[j - 1], i) == 0)
        result.rows.back().count += store.weight(i);
      else
        result.rows.push_back({store.scores(i), static_cast<std::size_t>(store.label(i)), store.weight(i)});
    }
    return result;
  }

 private:
  [[nodiscard]] static distinct_rows without(std::string why) {
    distinct_rows none;
    none.missing = std::move(why);
    return none;
  }
};

/// n^2 K above which metrics of all pairs of rows have no value: some ten seconds.
inline constexpr double most_pair_terms = 2e9;

}  // namespace calibrant::detail
