#include <calibrant/calibrators/scaling_binning.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <calibrant/calibrators/folds.hpp>
#include <calibrant/core/error.hpp>

#include "calibrators/detail/binned_curves.hpp"
#include "calibrators/detail/equal_mass_edges.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

/// Bins of one class from the second and third part of the rows.
binned_curve curve_of(std::span<const double> values, const training_set& rows, const std::vector<std::uint8_t>& part,
                      std::size_t bins) {
  std::vector<double> second;
  std::vector<double> second_weights;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (part[i] != 1) continue;
    second.push_back(values[i]);
    if (rows.weighted()) second_weights.push_back(rows.weight(i));
  }
  binned_curve curve;
  curve.edges =
      second.empty()
          ? std::vector<double>{0, 1}
          : detail::equal_mass_edges(
                detail::sort_responses(second, false, [](std::size_t) { return false; }, second_weights), bins);
  std::vector<double> sums(curve.edges.size() - 1, 0.0);
  std::vector<double> weights(sums.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (part[i] != 2) continue;
    sums[curve.bin_of(values[i])] += rows.weight(i) * values[i];
    weights[curve.bin_of(values[i])] += rows.weight(i);
  }
  for (std::size_t j = 0; j < sums.size(); ++j)
    curve.values.push_back(weights[j] > 0 ? sums[j] / weights[j] : (curve.edges[j] + curve.edges[j + 1]) / 2);
  return curve;
}

}  // namespace

scaling_binning::scaling_binning(const parameter_list& stored)
    : A_(stored.numbers("A", std::array{stored.classes() == 2 ? 1 : stored.classes()})),
      B_(stored.numbers("B", std::array{stored.classes() == 2 ? 1 : stored.classes()})),
      curves_(detail::stored_binned_curves(stored)) {}

void scaling_binning::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double s) {
    const std::size_t c = K == 2 ? 0 : k;
    return curves_[c].at(platt_sigmoid(A_[c], B_[c], s));
  });
}

std::vector<parameter> scaling_binning::parameters() const {
  std::vector<parameter> all = {{"A", {A_.size()}, A_}, {"B", {B_.size()}, B_}};
  for (parameter& p : detail::binned_parameters(curves_)) all.push_back(std::move(p));
  return all;
}

fitted_map fit_scaling_binning(const training_set& rows, std::size_t bins, std::uint64_t seed) {
  constexpr std::size_t part_count = 3;
  if (rows.rows() < part_count)
    throw error(error_code::no_rows, "rows: got " + std::to_string(rows.rows()) +
                                         ", expected at least 3 to learn sigmoids, bins and values from; take another "
                                         "method");
  const std::size_t K = rows.classes();
  const std::vector<std::uint8_t> part = stratified_folds(rows, part_count, seed);
  std::vector<bool> first(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) first[i] = part[i] == 0;
  if (std::none_of(first.begin(), first.end(), [](bool f) { return f; })) first.flip();  // all rows are equal
  const row_selection learn(rows, first);
  fitted_map platt = fit_platt_scaling(learn.rows(), sigmoid_input::log_odds);
  const auto& sigmoids = dynamic_cast<const platt_scaling&>(*platt.map);
  std::vector<binned_curve> curves(K == 2 ? 1 : K);
  detail::for_each_class(rows, score_form::log_odds, [&](std::size_t k, std::span<const double> column, bool) {
    const std::size_t c = K == 2 ? 0 : k;
    std::vector<double> values(column.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = platt_sigmoid(sigmoids.A()[c], sigmoids.B()[c], column[i]);
    curves[c] = curve_of(values, rows, part, bins);
  });
  return {std::make_unique<scaling_binning>(sigmoids.A(), sigmoids.B(), std::move(curves)), std::move(platt.report)};
}

std::string scaling_binning::describe(operator_graph&, const std::string&) const { return {}; }

}  // namespace calibrant
