#include <calibrant/metrics/multinomial_hosmer_lemeshow.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include <calibrant/core/random.hpp>
#include <calibrant/stats/equal_mass_bins.hpp>
#include <calibrant/stats/sorted_forecasts.hpp>

#include "metrics/detail/distinct_rows.hpp"
#include "metrics/detail/resampling.hpp"
#include "metrics/detail/score_mean.hpp"

namespace calibrant {
namespace {

constexpr double groups_wanted = 10;
constexpr double most_rows = 200'000;

using row_list = std::vector<detail::distinct_rows::row>;

/// The class of the largest mean probability.
std::size_t reference_class(const row_list& rows) {
  std::vector<double> sums(rows.front().p.size());
  for (const auto& row : rows)
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += row.count * row.p[k];
  double n = 0;
  for (const auto& row : rows) n += row.count;
  const double largest = *std::max_element(sums.begin(), sums.end()) - 1e-9 * n;  // but for rounding
  return static_cast<std::size_t>(std::find_if(sums.begin(), sums.end(), [&](double x) { return x >= largest; }) -
                                  sums.begin());
}

/// Group of each row; `rows` come into the order of groups.
std::vector<std::size_t> group_rows(row_list& rows) {
  const std::size_t reference = reference_class(rows);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const auto& a, const auto& b) { return a.p[reference] > b.p[reference]; });
  std::vector<double> others, counts;
  for (const auto& row : rows) {
    others.push_back(std::clamp(1 - row.p[reference], 0.0, 1.0));
    counts.push_back(row.count);
  }
  const sorted_forecasts sorted = sorted_forecasts::of(others, std::vector<double>(others.size()), counts);
  std::vector<std::size_t> group;
  std::size_t next = 0;
  equal_mass_bins(sorted).for_each(groups_wanted, [&](std::size_t, std::size_t last) {
    while (group.size() < rows.size() && others[group.size()] <= sorted.values()[last - 1]) group.push_back(next);
    ++next;
    return true;
  });
  return group;
}

/// X2 of the counts; infinite where something happened that nothing was expected of.
double statistic(const std::vector<double>& observed, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double gap = observed[i] - expected[i];
    if (expected[i] > 0 || observed[i] > 0) sum += gap * gap / expected[i];
  }
  return sum;
}

}  // namespace

estimate multinomial_hosmer_lemeshow(const row_store& store, const metric_options& options) {
  detail::distinct_rows listed = detail::distinct_rows::of(store, options.seed);
  if (!listed.missing.empty()) return estimate::none(listed.missing);
  if (listed.total > most_rows) return estimate::none("too many rows: more than 200,000; evaluate a sample of them");
  row_list& rows = listed.rows;
  const std::vector<std::size_t> group = group_rows(rows);
  const std::size_t K = store.classes();
  const std::size_t cells = (group.back() + 1) * K;

  std::vector<double> expected(cells), observed(cells), cumulative(rows.size() * K);
  // The classes of a row from the likeliest on: labels are drawn in this order, so that of the classes leaves no trace.
  std::vector<std::uint32_t> likeliest(rows.size() * K);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double* const row_cells = &expected[group[i] * K];
    for (std::size_t k = 0; k < K; ++k) row_cells[k] += rows[i].count * rows[i].p[k];
    const std::span order(likeliest.begin() + static_cast<std::ptrdiff_t>(i * K), K);
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return rows[i].p[a] > rows[i].p[b]; });
    double running = 0;
    for (std::size_t j = 0; j < K; ++j) cumulative[i * K + j] = running += rows[i].p[order[j]];
    observed[group[i] * K + rows[i].label] += rows[i].count;
  }
  const double value = statistic(observed, expected);
  if (!std::isfinite(value))
    return estimate::none("infinite: a group of rows gives one of its true classes probability 0");

  const std::size_t draws = options.draws;
  std::vector<double> drawn(draws);
  double mean = 0;
  for (std::size_t r = 0; r < draws; ++r) {
    std::fill(observed.begin(), observed.end(), 0.0);
    const counter_random random(options.seed, r);
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double* const from = &cumulative[i * K];
      for (double left = rows[i].count; left > 0; --left) {
        const double u = random.uniform(place++) * from[K - 1];
        const auto place_of_class = static_cast<std::size_t>(std::upper_bound(from, from + K, u) - from);
        observed[group[i] * K + likeliest[i * K + std::min(place_of_class, K - 1)]] += 1;
      }
    }
    drawn[r] = statistic(observed, expected);
    mean += drawn[r] / static_cast<double>(draws);
  }
  return {.value = value,
          .uncertainty = interval_estimate::none("a test statistic has no interval; see p_value"),
          .expected_if_calibrated = mean,
          .p_value = detail::monte_carlo_p_value(drawn, value),
          .details = {{"groups", static_cast<double>(group.back() + 1)}}};
}

}  // namespace calibrant
