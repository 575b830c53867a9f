#include <calibrant/stats/homogeneity.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <calibrant/math/shifted_gamma.hpp>

namespace calibrant {
namespace {

constexpr double fewest_expected = 5;

struct counts {
  double first = 0;
  double second = 0;
  [[nodiscard]] double sum() const noexcept { return first + second; }
};

/// The cells of the test, each with enough expected rows in both samples.
std::vector<counts> cells_of(std::vector<counts> kinds, double first_rows, double second_rows) {
  std::erase_if(kinds, [](const counts& c) { return !(c.sum() > 0); });
  std::stable_sort(kinds.begin(), kinds.end(), [](const counts& a, const counts& b) { return a.sum() < b.sum(); });
  const double least = fewest_expected * (first_rows + second_rows) / std::min(first_rows, second_rows);
  std::vector<counts> cells;
  counts open;
  for (const counts& kind : kinds) {
    open.first += kind.first;
    open.second += kind.second;
    if (open.sum() < least) continue;
    cells.push_back(std::exchange(open, {}));
  }
  if (cells.empty()) return {open};
  cells.back().first += open.first;  // too few for a cell of their own
  cells.back().second += open.second;
  return cells;
}

}  // namespace

homogeneity compare_shares(std::span<const double> first, double first_rows, std::span<const double> second,
                           double second_rows) {
  const double first_sum = std::accumulate(first.begin(), first.end(), 0.0);
  const double second_sum = std::accumulate(second.begin(), second.end(), 0.0);
  homogeneity result;
  std::vector<counts> kinds;
  for (std::size_t k = 0; k < first.size(); ++k) {
    const counts shares{first[k] / first_sum, second[k] / second_sum};
    result.distance += std::abs(shares.first - shares.second) / 2;
    kinds.push_back({shares.first * first_rows, shares.second * second_rows});
  }
  const std::vector<counts> cells = cells_of(std::move(kinds), first_rows, second_rows);
  if (cells.size() < 2) return result;
  double statistic = 0;
  const double rows = first_rows + second_rows;
  for (const counts& c : cells) {
    const double first_expected = c.sum() * first_rows / rows;
    const double second_expected = c.sum() * second_rows / rows;
    statistic += (c.first - first_expected) * (c.first - first_expected) / first_expected +
                 (c.second - second_expected) * (c.second - second_expected) / second_expected;
  }
  result.statistic = statistic;
  result.freedom = cells.size() - 1;
  const auto freedom = static_cast<double>(result.freedom);
  // The moments of chi-square, of which the shifted gamma is the law itself.
  result.p_value =
      shifted_gamma{.mean = freedom, .variance = 2 * freedom, .third_moment = 8 * freedom}.upper_tail(statistic);
  return result;
}

}  // namespace calibrant
