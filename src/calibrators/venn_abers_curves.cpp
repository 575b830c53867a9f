#include "calibrators/detail/venn_abers_curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include <calibrant/calibrators/folds.hpp>
#include <calibrant/core/error.hpp>

#include "calibrators/detail/ragged_lists.hpp"

namespace calibrant::detail {

std::vector<parameter> venn_abers_parameters(const std::vector<venn_abers_curve>& curves, std::size_t folds) {
  ragged_lists x;
  ragged_lists p0;
  ragged_lists p1;
  for (const venn_abers_curve& curve : curves) {
    x.append(curve.x());
    p0.append(curve.p0());
    p1.append(curve.p1());
  }
  std::vector<parameter> all = {{"groups", {x.lengths.size()}, x.lengths},
                                {"x", {x.numbers.size()}, x.numbers},
                                {"p0", {p0.numbers.size()}, p0.numbers},
                                {"p1", {p1.numbers.size()}, p1.numbers}};
  if (folds > 1) all.push_back({"folds", {}, {static_cast<double>(folds)}});
  return all;
}

std::size_t stored_fold_count(const parameter_list& stored) {
  if (!stored.has("folds")) return 1;
  const double folds = stored.number("folds");
  if (!(folds >= 1 && folds <= 1e6) || folds != std::floor(folds))
    throw error(error_code::malformed_input, "parameter \"folds\" is no whole number from 1 on");
  return static_cast<std::size_t>(folds);
}

std::vector<venn_abers_curve> stored_venn_abers_curves(const parameter_list& stored, std::size_t count) {
  const std::vector<double> lengths = stored.numbers("groups", std::array{count});
  std::vector<std::vector<double>> x = lists_of(lengths, stored.list("x"), "x");
  std::vector<std::vector<double>> p0 = lists_of(lengths, stored.list("p0"), "p0");
  std::vector<std::vector<double>> p1 = lists_of(lengths, stored.list("p1"), "p1");
  const auto is_probability = [](double p) { return p >= 0 && p <= 1; };
  std::vector<venn_abers_curve> curves;
  for (std::size_t c = 0; c < lengths.size(); ++c) {
    if (!std::is_sorted(x[c].begin(), x[c].end()) || !std::all_of(p0[c].begin(), p0[c].end(), is_probability) ||
        !std::all_of(p1[c].begin(), p1[c].end(), is_probability))
      throw error(error_code::malformed_input, "parameters \"x\", \"p0\", \"p1\" are no curves inside [0, 1]");
    curves.emplace_back(std::move(x[c]), std::move(p0[c]), std::move(p1[c]));
  }
  return curves;
}

std::vector<std::vector<bool>> parts_of(const training_set& rows, const venn_abers_options& options) {
  if (options.folds == 1) return {std::vector<bool>(rows.rows(), true)};
  const std::vector<std::uint8_t> fold = stratified_folds(rows, options.folds, options.seed);
  std::vector<std::vector<bool>> parts;
  for (std::size_t f = 0; f < options.folds; ++f) {
    std::vector<bool> part(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) part[i] = fold[i] == f;
    if (std::any_of(part.begin(), part.end(), [](bool in) { return in; })) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace calibrant::detail
