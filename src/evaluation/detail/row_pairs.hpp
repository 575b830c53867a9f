#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <calibrant/core/float16.hpp>

namespace calibrant::detail {

/// h of stats/kernel_pair_sums.hpp for two rows of K probabilities. Sums run in eight lanes, one order on every target.
template <class A, class B>
[[nodiscard]] double kernel_calibration_function(const A* p, std::int32_t y, const B* q, std::int32_t z,
                                                 std::size_t K) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> product{};
  std::array<double, lanes> distance{};
  const auto add = [&](std::size_t k, std::size_t lane) {
    const double a = to_double(p[k]);
    const double b = to_double(q[k]);
    product[lane] += a * b;
    distance[lane] += (a - b) * (a - b);
  };
  std::size_t k = 0;
  for (; k + lanes <= K; k += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) add(k + lane, lane);
  for (; k < K; ++k) add(k, k % lanes);
  const auto sum = [](const std::array<double, lanes>& x) {
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
  };
  const double residuals = (y == z ? 1.0 : 0.0) -
                           (to_double(p[static_cast<std::size_t>(z)]) + to_double(q[static_cast<std::size_t>(y)])) +
                           sum(product);
  return std::exp(-std::sqrt(sum(distance))) * residuals;
}

/// Finds the pairs of rows: positions 2j and 2j + 1 of one source. A row whose partner has not come is copied and
/// waits. The partner of a row that waits may have been refused, so whoever has seen all rows of a run says so with
/// `forget`: then at most the first and the last row of a run wait on, and memory does not depend on how many rows are
/// refused.
class row_pairs {
 public:
  struct row {
    std::vector<double> p;
    std::int32_t label = 0;
    std::size_t group = 0;
  };
  using place = std::pair<std::size_t, std::uint64_t>;  ///< source, number of the pair

  /// Takes n measured rows of a block; `position(i)` is a row's number in the source. Calls pair(group_a, group_b, h).
  template <class P, class Position, class Pair>
  void add(const P* const* rows, const std::int32_t* labels, std::size_t n, std::size_t K, std::size_t source,
           std::size_t group, Position&& position, Pair&& pair) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t at = position(i);
      if (at % 2 == 0 && i + 1 < n && position(i + 1) == at + 1) {
        pair(group, group, kernel_calibration_function(rows[i], labels[i], rows[i + 1], labels[i + 1], K));
        ++i;
        continue;
      }
      const place where{source, at / 2};
      const auto partner = waiting_.find(where);
      if (partner == waiting_.end()) {
        row copy{std::vector<double>(K), labels[i], group};
        for (std::size_t k = 0; k < K; ++k) copy.p[k] = to_double(rows[i][k]);
        waiting_.emplace(where, std::move(copy));
      } else {
        const row& other = partner->second;
        pair(other.group, group, kernel_calibration_function(other.p.data(), other.label, rows[i], labels[i], K));
        waiting_.erase(partner);
      }
    }
  }

  /// Pairs the rows that still wait here with those that wait in `other`.
  template <class Pair>
  void join(row_pairs& other, Pair&& pair) {
    for (auto& [where, waiting] : other.waiting_) {
      const auto [partner, alone] = waiting_.try_emplace(where, std::move(waiting));
      if (alone) continue;
      const row& mine = partner->second;
      pair(mine.group, waiting.group,
           kernel_calibration_function(mine.p.data(), mine.label, waiting.p.data(), waiting.label, mine.p.size()));
      waiting_.erase(partner);
    }
    other.waiting_.clear();
  }

  /// Gives up the pairs of which both rows lie in [first, last) of the source: all rows there have come.
  void forget(std::size_t source, std::uint64_t first, std::uint64_t last) {
    const std::uint64_t begin = first / 2 + first % 2;
    if (begin < last / 2)
      waiting_.erase(waiting_.lower_bound({source, begin}), waiting_.lower_bound({source, last / 2}));
  }

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  std::map<place, row> waiting_;
};

}  // namespace calibrant::detail
