#include "python/bindings/comparison.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/comparison.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/comparison_json.hpp>

#include "python/bindings/arrays.hpp"
#include "python/bindings/measurement.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

comparison_options comparison_options_of(const settings& options, bool all_pairs) {
  const evaluation_config config = config_of(options, class_names::none());
  comparison_options result;
  if (options.level) result.level = confidence_level(*options.level);
  result.bins = options.bins;
  if (options.bootstrap) result.replicates = *options.bootstrap;
  if (options.seed) result.seed = *options.seed;
  result.all_pairs = all_pairs;
  result.weights = config.weights;
  result.log_floor = options.log_floor;
  return result;
}

/// The JSON document of `calibrant compare`. `options` say what holds for all models, `kinds` what the scores of each
/// are.
std::string compare_arrays(const settings& options, const std::vector<std::string>& names,
                           const std::vector<std::string>& kinds, const std::vector<score_array>& scores,
                           const std::optional<std::vector<std::string>>& class_list,
                           const vector_of<std::int32_t>& labels, const std::string& label_complaint,
                           const std::optional<vector_of<double>>& weights, bool all_pairs,
                           const std::string& command) {
  const nb::gil_scoped_release without_gil;
  const comparison_options chosen = comparison_options_of(options, all_pairs);
  thread_pool pool(options.threads);
  std::vector<row_outcomes> models(names.size());
  for (std::size_t m = 0; m < names.size(); ++m) {
    settings of_model = options;
    of_model.kind = kinds[m];
    const class_names classes = class_list ? class_names(*class_list) : class_names::indexed(scores[m].shape(1));
    evaluation_config config = config_of(of_model, classes);
    config.parts = panel_part::top_label | panel_part::proper_scores;
    row_outcomes& outcomes = models[m];
    outcomes.name = names[m];
    outcomes.kind = config.kind;
    outcomes.classes = classes;
    evaluator pass(config, pass_options_of(options), pool);
    pass.accumulate({.values = view_scores(scores[m], config.kind),
                     .labels = {labels.data(), labels.shape(0)},
                     .weights = view(weights)},
                    &outcomes);
    const evaluation_state state = pass.finish({{.path = names[m], .rows = labels.shape(0), .sha256 = {}}}, {},
                                               refused_labels(labels, label_complaint), weights.has_value());
    outcomes.sources = state.sources;
    outcomes.counts = state.counts;
  }
  return comparison_json(compare(std::move(models), chosen, pool), {.command = command, .simd = active_simd_target()});
}

}  // namespace

void bind_comparison(nb::module_& module) {
  module.def("compare", &compare_arrays, "settings"_a, "names"_a, "kinds"_a, "scores"_a, "classes"_a.none(), "labels"_a,
             "label_complaint"_a, "weights"_a.none(), "all_pairs"_a, "command"_a,
             nb::sig("def compare(settings: Settings, names: Sequence[str], kinds: Sequence[str], scores: "
                     "Sequence[object], classes: Sequence[str] | None, labels: object, label_complaint: str, weights: "
                     "object | None, all_pairs: bool, command: str) -> str"));
}

}  // namespace calibrant::python
