#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <calibrant/calibrators/venn_abers.hpp>
#include <calibrant/core/thread_pool.hpp>

#include "calibrators/detail/normalize_row.hpp"
#include "calibrators/detail/sorted_responses.hpp"
#include "calibrators/detail/venn_abers_curves.hpp"

namespace calibrant {
namespace {

/// p_i of the pair (i, j), both equal where neither has any.
double score_of(double p_i, double p_j) noexcept { return p_i + p_j > 0 ? p_i / (p_i + p_j) : 0.5; }

std::size_t pair_count(std::size_t K) noexcept { return K * (K - 1) / 2; }

/// Where the pairs (i, i + 1), (i, i + 2), ... begin.
std::size_t first_pair_of(std::size_t i, std::size_t K) noexcept { return i * (2 * K - i - 1) / 2; }

/// Rows of a fold by their label.
std::vector<std::vector<std::size_t>> rows_by_label(const training_set& rows, const std::vector<bool>& part) {
  std::vector<std::vector<std::size_t>> of_label(rows.classes());
  for (std::size_t i = 0; i < rows.rows(); ++i)
    if (part[i]) of_label[static_cast<std::size_t>(rows.label(i))].push_back(i);
  return of_label;
}

venn_abers_curve curve_of(const training_set& rows, const std::vector<std::vector<std::size_t>>& of_label,
                          std::size_t a, std::size_t b) {
  std::vector<double> scores;
  std::vector<double> weights;
  rows.in_form(score_form::probabilities).visit([&]<class T>(const basic_matrix_view<T>& view) {
    for (const std::size_t label : {a, b})
      for (const std::size_t i : of_label[label]) {
        scores.push_back(score_of(to_double(view.row(i)[a]), to_double(view.row(i)[b])));
        if (rows.weighted()) weights.push_back(rows.weight(i));
      }
  });
  if (scores.empty()) return {{}, {}, {}};
  const std::size_t hits = of_label[a].size();
  detail::sorted_responses groups =
      detail::sort_responses(scores, false, [hits](std::size_t i) { return i < hits; }, weights);
  return venn_abers_curve::learned(std::move(groups.values), groups.weights, groups.hits);
}

}  // namespace

venn_abers_pairs::venn_abers_pairs(std::vector<venn_abers_curve> curves, std::size_t folds) noexcept
    : curves_(std::move(curves)), folds_(folds) {}

venn_abers_pairs::venn_abers_pairs(const parameter_list& stored) : folds_(detail::stored_fold_count(stored)) {
  curves_ = detail::stored_venn_abers_curves(stored, pair_count(stored.classes()) * folds_);
}

double venn_abers_pairs::share(std::size_t pair, double p_i, double p_j) const noexcept {
  const double score = score_of(p_i, p_j);
  const std::span<const venn_abers_curve> all = std::span(curves_).subspan(pair * folds_, folds_);
  const auto has_rows = [](const venn_abers_curve& curve) { return !curve.x().empty(); };
  if (std::all_of(all.begin(), all.end(), has_rows)) return merged_probability(all, score);
  std::vector<venn_abers_curve> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), has_rows);
  return some.empty() ? score : merged_probability(some, score);
}

std::size_t venn_abers_pairs::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  std::size_t without_mass = 0;
  for (std::size_t row = 0; row < from.size(); row += K) {
    double* const inverse = p.data() + row;  // sum of 1/p_ij first
    std::fill_n(inverse, K, 0.0);
    for (std::size_t i = 0, pair = 0; i < K; ++i)
      for (std::size_t j = i + 1; j < K; ++j, ++pair) {
        const double p_ij = share(pair, from[row + i], from[row + j]);
        inverse[i] += 1 / p_ij;
        inverse[j] += 1 / (1 - p_ij);
      }
    for (std::size_t k = 0; k < K; ++k) inverse[k] = 1 / (inverse[k] - static_cast<double>(K - 2));
    without_mass += detail::normalize_row(inverse, K);
  }
  return without_mass;
}

std::vector<parameter> venn_abers_pairs::parameters() const { return detail::venn_abers_parameters(curves_, folds_); }

fitted_map fit_venn_abers_pairs(const training_set& rows, const venn_abers_options& options) {
  const std::size_t K = rows.classes();
  const std::vector<std::vector<bool>> parts = detail::parts_of(rows, options);
  std::vector<venn_abers_curve> curves(pair_count(K) * parts.size(), venn_abers_curve({}, {}, {}));
  static_cast<void>(rows.in_form(score_form::probabilities));  // made before threads ask for it
  for (std::size_t f = 0; f < parts.size(); ++f) {
    const std::vector<std::vector<std::size_t>> of_label = rows_by_label(rows, parts[f]);
    rows.pool().run(K - 1, [&](std::size_t i) {
      for (std::size_t j = i + 1; j < K; ++j)
        curves[(first_pair_of(i, K) + j - i - 1) * parts.size() + f] = curve_of(rows, of_label, i, j);
    });
  }
  return {std::make_unique<venn_abers_pairs>(std::move(curves), parts.size()), {}};
}

std::string venn_abers_pairs::describe(operator_graph&, const std::string&) const { return {}; }

}  // namespace calibrant
