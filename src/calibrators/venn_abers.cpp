#include <calibrant/calibrators/venn_abers.hpp>

#include <array>
#include <memory>
#include <utility>

#include <calibrant/calibrators/folds.hpp>
#include <calibrant/core/error.hpp>

#include "calibrators/detail/graph_curves.hpp"
#include "calibrators/detail/one_vs_rest.hpp"
#include "calibrators/detail/venn_abers_curves.hpp"

namespace calibrant {

venn_abers::venn_abers(const parameter_list& stored) : folds_(detail::stored_fold_count(stored)) {
  curves_ = detail::stored_venn_abers_curves(stored, detail::curve_count(stored.classes()) * folds_);
  for (const venn_abers_curve& curve : curves_)
    if (curve.x().empty())
      throw error(error_code::malformed_input,
                  "parameter \"groups\" has a curve without scores, expected at least one");
}

std::span<const venn_abers_curve> venn_abers::curves_of(std::size_t k) const noexcept {
  const std::size_t c = curves_.size() == folds_ ? 0 : k;
  return std::span(curves_).subspan(c * folds_, folds_);
}

std::size_t venn_abers::apply(std::span<const double> from, std::span<double> p, std::size_t K) const {
  return detail::apply_one_vs_rest(from, p, K,
                                   [&](std::size_t k, double s) { return merged_probability(curves_of(k), s); });
}

std::vector<parameter> venn_abers::parameters() const { return detail::venn_abers_parameters(curves_, folds_); }

fitted_map fit_venn_abers(const training_set& rows, const venn_abers_options& options) {
  const std::size_t curves = detail::curve_count(rows.classes());
  const std::vector<std::vector<bool>> parts = detail::parts_of(rows, options);
  std::vector<venn_abers_curve> all(curves * parts.size(), venn_abers_curve({}, {}, {}));
  for (std::size_t f = 0; f < parts.size(); ++f) {
    const auto learn = [&](const training_set& part) {
      detail::for_each_sorted_curve(part, [&](std::size_t c, detail::sorted_responses groups) {
        all[c * parts.size() + f] = venn_abers_curve::learned(std::move(groups.values), groups.weights, groups.hits);
      });
    };
    if (parts.size() == 1)
      learn(rows);
    else
      learn(row_selection(rows, parts[f]).rows());
  }
  return {std::make_unique<venn_abers>(std::move(all), parts.size()), {}};
}

std::string venn_abers::describe(operator_graph& graph, const std::string& from) const {
  return detail::one_vs_rest_graph(graph, from, [&](const std::string& s) {
    std::string log_hits;
    std::string log_misses;
    for (std::size_t f = 0; f < folds_; ++f) {
      std::vector<std::vector<double>> groups;
      std::vector<std::vector<double>> misses;  // 1 - p0
      std::vector<std::vector<double>> hits;
      for (std::size_t c = f; c < curves_.size(); c += folds_) {
        groups.push_back(curves_[c].x());
        misses.push_back({1});
        for (const double p0 : curves_[c].p0()) misses.back().push_back(1 - p0);
        hits.push_back(curves_[c].p1());
        hits.back().push_back(1);
      }
      detail::threshold_search search(graph, groups);
      const std::string miss = search.entries(search.places(s, false), misses);
      const std::string hit = search.entries(search.places(s, true), hits);
      if (folds_ == 1) return graph.apply("Div", {hit, graph.sum(miss, hit)});
      log_hits = f == 0 ? graph.apply("Log", {hit}) : graph.sum(log_hits, graph.apply("Log", {hit}));
      log_misses = f == 0 ? graph.apply("Log", {miss}) : graph.sum(log_misses, graph.apply("Log", {miss}));
    }
    return graph.sigmoid(
        graph.product(graph.difference(log_hits, log_misses), graph.number(1 / static_cast<double>(folds_))));
  });
}

}  // namespace calibrant
