#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <calibrant/core/weights.hpp>
#include <calibrant/math/compensated_sum.hpp>

namespace calibrant::detail {

/// The weighted mean of a difference per row, with its standard error as the means of a panel have it: sqrt(s^2 / W)
/// with divisor W - 1 for frequency weights, sqrt(sum w^2 (d - mean)^2) / W for importance weights.
struct paired_mean {
  double mean = 0;
  double standard_error = 0;  ///< NaN with fewer than two effective rows
};

/// `difference` of row i, finite. One thread, in the order of the rows.
template <class Difference>
[[nodiscard]] paired_mean mean_difference(std::size_t rows, std::span<const double> weights, weight_kind kind,
                                          Difference&& difference) {
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  const bool importance = kind == weight_kind::importance;
  compensated_sum total;
  compensated_sum squared_weights;
  compensated_sum sum;
  for (std::size_t i = 0; i < rows; ++i) {
    const double w = weight(i);
    total.add(w);
    squared_weights.add(w * w);
    sum.add(w * difference(i));
  }
  const double W = total.value();
  const double mean = sum.value() / W;
  const double effective = importance ? W * (W / squared_weights.value()) : W;
  if (!(effective > 1)) return {mean, std::nan("")};
  compensated_sum squares;
  for (std::size_t i = 0; i < rows; ++i) {
    const double w = weight(i);
    const double off = difference(i) - mean;
    squares.add((importance ? w * w : w) * off * off);
  }
  return {mean, importance ? std::sqrt(squares.value()) / W : std::sqrt(squares.value() / (W - 1) / W)};
}

}  // namespace calibrant::detail
