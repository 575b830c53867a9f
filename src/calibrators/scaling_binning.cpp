#include <calibrant/calibrators/scaling_binning.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <calibrant/calibrators/folds.hpp>
#include <calibrant/core/error.hpp>

#include "calibrators/detail/binned_curves.hpp"
#include "calibrators/detail/equal_mass_cuts.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/sorted_responses.hpp"

namespace calibrant {
namespace {

/// What the rows of each part are for.
struct share_use {
  std::uint8_t bins;    ///< the part that gives the edges
  std::uint8_t values;  ///< the part that gives the mean of each bin
};

binned_curve curve_of(std::span<const double> values, const training_set& rows, const std::vector<std::uint8_t>& part,
                      const share_use& use, std::size_t bins) {
  std::vector<double> cut;
  std::vector<double> cut_weights;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (part[i] != use.bins) continue;
    cut.push_back(values[i]);
    if (rows.weighted()) cut_weights.push_back(rows.weight(i));
  }
  binned_curve curve{.edges = {0, 1}, .values = {}};
  if (!cut.empty()) {
    const auto no_hit = [](std::size_t) { return false; };
    const detail::sorted_responses groups = detail::sort_responses(cut, false, no_hit, cut_weights);
    curve.edges = detail::equal_mass_cuts(groups).edges(bins);
  }
  std::vector<double> sums(curve.edges.size() - 1, 0.0);
  std::vector<double> weights(sums.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (part[i] != use.values) continue;
    sums[curve.bin_of(values[i])] += rows.weight(i) * values[i];
    weights[curve.bin_of(values[i])] += rows.weight(i);
  }
  for (std::size_t j = 0; j < sums.size(); ++j)
    curve.values.push_back(weights[j] > 0 ? sums[j] / weights[j] : (curve.edges[j] + curve.edges[j + 1]) / 2);
  return curve;
}

}  // namespace

scaling_binning::scaling_binning(const parameter_list& stored)
    : A_(stored.numbers("A", std::array{detail::curve_count(stored.classes())})),
      B_(stored.numbers("B", std::array{detail::curve_count(stored.classes())})),
      curves_(detail::stored_binned_curves(stored, detail::curve_count(stored.classes()))) {}

std::size_t scaling_binning::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  return detail::apply_one_vs_rest(from, p, K, [&](std::size_t k, double s) {
    const std::size_t c = K == 2 ? 0 : k;
    return curves_[c].at(platt_sigmoid(A_[c], B_[c], s));
  });
}

std::vector<parameter> scaling_binning::parameters() const {
  std::vector<parameter> all = {{"A", {A_.size()}, A_}, {"B", {B_.size()}, B_}};
  for (parameter& p : detail::binned_parameters(curves_)) all.push_back(std::move(p));
  return all;
}

fitted_map fit_scaling_binning(const training_set& rows, const scaling_binning_options& options) {
  const std::size_t part_count = options.shared ? 2 : 3;
  const share_use use{.bins = 1, .values = static_cast<std::uint8_t>(part_count - 1)};
  if (rows.rows() < part_count)
    throw error(error_code::no_rows, "rows: got " + std::to_string(rows.rows()) + ", expected at least " +
                                         std::to_string(part_count) +
                                         " to learn sigmoids, bins and values from; take another "
                                         "method");
  const std::size_t K = rows.classes();
  const std::vector<std::uint8_t> part = stratified_folds(rows, part_count, options.seed);
  std::vector<bool> first(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) first[i] = part[i] == 0;
  if (std::none_of(first.begin(), first.end(), [](bool f) { return f; })) first.flip();  // all rows are equal
  const row_selection learn(rows, first);
  fitted_map platt = fit_platt_scaling(learn.rows(), sigmoid_input::log_odds);
  const auto& sigmoids = dynamic_cast<const platt_scaling&>(*platt.map);
  std::vector<binned_curve> curves(detail::curve_count(K));
  detail::for_each_class(rows, score_form::log_odds, [&](std::size_t k, std::span<const double> column, bool) {
    const std::size_t c = K == 2 ? 0 : k;
    std::vector<double> values(column.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = platt_sigmoid(sigmoids.A()[c], sigmoids.B()[c], column[i]);
    curves[c] = curve_of(values, rows, part, use, options.bins);
  });
  detail::note_fewer_bins(curves, options.bins, platt.report);
  return {std::make_unique<scaling_binning>(sigmoids.A(), sigmoids.B(), std::move(curves)), std::move(platt.report)};
}

std::string scaling_binning::describe(operator_graph&, const std::string&) const { return {}; }

}  // namespace calibrant
