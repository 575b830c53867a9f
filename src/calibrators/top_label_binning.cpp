#include <calibrant/calibrators/top_label_binning.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "calibrators/detail/binned_curves.hpp"
#include "calibrators/detail/equal_mass_cuts.hpp"
#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/sorted_responses.hpp"
#include "calibrators/detail/top_label_rows.hpp"

namespace calibrant {
namespace {

constexpr double fewest_in_a_bin = 50;

/// Confidences of some rows, whether they were right, and weights or none.
struct judged_rows {
  std::vector<double> confidences;
  std::vector<bool> right;
  std::vector<double> weights;

  [[nodiscard]] double weight() const {
    return weights.empty() ? static_cast<double>(right.size()) : std::accumulate(weights.begin(), weights.end(), 0.0);
  }
};

binned_curve curve_of(const judged_rows& rows, std::size_t most_bins) {
  const auto was_right = [&](std::size_t i) { return static_cast<bool>(rows.right[i]); };
  const detail::sorted_responses groups = detail::sort_responses(rows.confidences, false, was_right, rows.weights);
  const double affordable = std::max(std::floor(rows.weight() / fewest_in_a_bin), 1.0);
  const std::size_t bins =
      affordable < static_cast<double>(most_bins) ? static_cast<std::size_t>(affordable) : most_bins;
  binned_curve curve{.edges = detail::equal_mass_cuts(groups).edges(bins), .values = {}};
  detail::fill_with_shares(curve, groups);
  return curve;
}

}  // namespace

top_label_binning::top_label_binning(const parameter_list& stored)
    : curves_(detail::stored_binned_curves(stored, stored.classes())) {}

std::size_t top_label_binning::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  detail::apply_to_top_label(from, p, K, [&](std::size_t k, double c) { return curves_[k].at(c); });
  return 0;
}

std::vector<parameter> top_label_binning::parameters() const { return detail::binned_parameters(curves_); }

fitted_map fit_top_label_binning(const training_set& rows, std::size_t bins) {
  const std::size_t K = rows.classes();
  std::vector<judged_rows> by_prediction(K);
  judged_rows all;
  detail::for_each_top_label(rows, [&](std::size_t i, std::size_t top, double confidence) {
    for (judged_rows* const group : {&by_prediction[top], &all}) {
      group->confidences.push_back(confidence);
      group->right.push_back(static_cast<std::size_t>(rows.label(i)) == top);
      if (rows.weighted()) group->weights.push_back(rows.weight(i));
    }
  });
  const binned_curve pooled = curve_of(all, bins);
  std::vector<binned_curve> curves;
  std::size_t sharing = 0;
  for (const judged_rows& group : by_prediction) {
    const bool alone = group.weight() >= fewest_in_a_bin;
    sharing += alone ? 0 : 1;
    curves.push_back(alone ? curve_of(group, bins) : pooled);
  }
  fit_report report;
  if (sharing > 0)
    report.notes.push_back({"pooled_classes", std::to_string(sharing) + " of " + std::to_string(K) +
                                                  " classes are predicted by fewer than 50 rows and share the bins of "
                                                  "all rows"});
  return {std::make_unique<top_label_binning>(std::move(curves)), std::move(report)};
}

std::string top_label_binning::describe(operator_graph& graph, const std::string& from) const {
  return detail::top_label_graph(graph, from, detail::binned_values(graph, curves_, from));
}

}  // namespace calibrant
