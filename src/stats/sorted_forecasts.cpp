#include <calibrant/stats/sorted_forecasts.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>

#include <calibrant/math/compensated_sum.hpp>
#include <calibrant/math/exact_sum.hpp>
#include <calibrant/stats/cell_table.hpp>
#include <calibrant/stats/weighted_cells.hpp>

namespace calibrant {

sorted_forecasts sorted_forecasts::of(std::span<const double> values, std::span<const double> hits,
                                      std::span<const double> weights, weight_kind kind) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  const bool counts = std::all_of(weights.begin(), weights.end(), is_exact_weight);
  sorted_forecasts sorted(kind, true, counts);
  for (std::size_t i = 0; i < order.size();) {
    group next{values[order[i]], 0, 0, 0, 0};
    for (; i < order.size() && values[order[i]] == next.value; ++i)
      next.add(weights.empty() ? 1.0 : weights[order[i]], hits[order[i]]);
    sorted.push(next);
  }
  return sorted;
}

void sorted_forecasts::reserve(std::size_t groups) {
  values_.reserve(groups);
  weights_.reserve(groups);
  hits_.reserve(groups);
  if (!squared()) return;
  variance_weights_.reserve(groups);
  variance_hits_.reserve(groups);
}

void sorted_forecasts::push(const group& next) {
  values_.push_back(next.value);
  weights_.push_back(next.weight);
  hits_.push_back(next.hits);
  if (squared()) {
    variance_weights_.push_back(next.variance_weight);
    variance_hits_.push_back(next.variance_hits);
  }
  total_weight_ += next.weight;
  total_hits_ += next.hits;
  total_variance_weight_ += squared() ? next.variance_weight : next.weight;
  largest_weight_ = std::max(largest_weight_, next.weight);
}

cell_moments sorted_forecasts::moments(std::size_t first, std::size_t last, double total) const {
  const bool exact_sums = counts_ && !squared() && total_weight_ < 0x1p52;
  return exact_sums ? moments_of_rows(first, last, total) : moments_of_weights(first, last, total);
}

cell_moments sorted_forecasts::moments_of_rows(std::size_t first, std::size_t last, double total) const {
  exact_cell sums;
  for (std::size_t g = first; g < last; ++g) {
    const std::int64_t q = grids::unit.round(values_[g]);
    const auto W = static_cast<std::int64_t>(weights_[g]);
    const auto A = static_cast<std::int64_t>(hits_[g]);
    sums.weight += W;
    sums.hits += A;
    sums.confidence += static_cast<int128>(q) * W;
    sums.squares += static_cast<int128>(grids::unit.round(values_[g] * values_[g])) * W;
    sums.products += static_cast<int128>(q) * A;
  }
  const cell real = read_cell(sums, {});
  return cell_pair{real, real}.moments(total);
}

cell_moments sorted_forecasts::moments_of_weights(std::size_t first, std::size_t last, double total) const {
  const std::span<const double> variance_weight = variance_weights();
  const std::span<const double> variance_hit = variance_hits();
  compensated_sum weight;
  compensated_sum hits;
  compensated_sum forecast;
  compensated_sum v_weight;
  compensated_sum v_bernoulli;
  compensated_sum v_residual;
  for (std::size_t g = first; g < last; ++g) {
    const double c = values_[g];
    weight.add(weights_[g]);
    hits.add(hits_[g]);
    forecast.add(weights_[g] * c);
    v_weight.add(variance_weight[g]);
    v_bernoulli.add(variance_weight[g] * c * (1 - c));
    v_residual.add(variance_hit[g] * (1 - c) * (1 - c) + (variance_weight[g] - variance_hit[g]) * c * c);
  }
  const double W = weight.value();
  return {.weight = W / total,
          .rows = W * (W / v_weight.value()),
          .confidence = forecast.value() / W,
          .accuracy = hits.value() / W,
          .residual_square = v_residual.value() / v_weight.value(),
          .bernoulli_variance = v_bernoulli.value() / v_weight.value()};
}

}  // namespace calibrant
