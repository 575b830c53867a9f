// The extension calibrant._core: evaluation states over arrays in memory, and the catalogue of metrics.

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <calibrant/catalog/metric_catalog.hpp>
#include <calibrant/core/class_names.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/simd_target.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/state_file.hpp>
#include <calibrant/version.hpp>

#include "python/bindings/arrays.hpp"
#include "python/bindings/calibration.hpp"
#include "python/bindings/comparison.hpp"
#include "python/bindings/confidence_bins.hpp"
#include "python/bindings/diff.hpp"
#include "python/bindings/errors.hpp"
#include "python/bindings/figures.hpp"
#include "python/bindings/gate.hpp"
#include "python/bindings/measurement.hpp"
#include "python/bindings/tables.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

evaluation_state measure(const settings& options, const std::optional<std::vector<std::string>>& class_list,
                         const score_array& values, const vector_of<std::int32_t>& labels,
                         const std::string& label_complaint, const std::optional<vector_of<double>>& weights,
                         const std::optional<vector_of<std::int32_t>>& groups,
                         const std::vector<std::string>& group_names, const std::optional<share_array>& label_shares,
                         const std::string& source) {
  const nb::gil_scoped_release without_gil;
  const score_kind kind = kind_of(options);
  class_names classes = class_list                      ? class_names(*class_list)
                        : kind == score_kind::top_label ? class_names::none()
                                                        : class_names::indexed(values.shape(1));
  thread_pool pool(options.threads);
  evaluator pass(config_of(options, std::move(classes)), pass_options_of(options), pool);
  prediction_batch batch{.values = view_scores(values, kind),
                         .labels = {labels.data(), labels.shape(0)},
                         .weights = view(weights),
                         .groups = view(groups)};
  if (label_shares) batch.label_shares = {label_shares->data(), label_shares->shape(0) * label_shares->shape(1)};
  pass.accumulate(batch);
  return pass.finish({{.path = source, .rows = labels.shape(0), .sha256 = {}}}, group_names,
                     refused_labels(labels, label_complaint), weights.has_value());
}

/// Refuses names that are not those of the columns.
void require_classes(const std::vector<std::string>& names, std::size_t columns) {
  const class_names classes(names);
  if (classes.size() != columns)
    throw error(error_code::shape_mismatch, "classes: got " + std::to_string(classes.size()) + " names beside " +
                                                std::to_string(columns) +
                                                " columns of scores, expected a name for every column");
}

/// Merges a later batch of the same loop, which is no source of its own: its rows count to the first one.
void add_batch(evaluation_state& state, const evaluation_state& batch) {
  const nb::gil_scoped_release without_gil;
  state.merge(batch);
  source_info& all = state.sources.front();
  for (std::size_t i = 1; i < state.sources.size(); ++i) all.rows += state.sources[i].rows;
  state.sources.resize(1);
}

std::string to_json(const evaluation_state& state, const settings& options, const std::string& command) {
  const nb::gil_scoped_release without_gil;
  thread_pool pool(options.threads);
  return evaluation_json(evaluate(state, evaluation_options_of(options), &pool),
                         {.command = command, .simd = active_simd_target()});
}

void bind_settings(nb::module_& module) {
  nb::class_<settings>(module, "Settings")
      .def(nb::init<>())
      .def_rw("kind", &settings::kind)
      .def_rw("bins", &settings::bins)
      .def_rw("weight_kind", &settings::weight_kind)
      .def_rw("on_invalid", &settings::on_invalid)
      .def_rw("renormalize", &settings::renormalize)
      .def_rw("log_floor", &settings::log_floor)
      .def_rw("exact_rows", &settings::exact_rows)
      .def_rw("metrics", &settings::metrics)
      .def_rw("whole_panel", &settings::whole_panel)
      .def_rw("peer", &settings::peer)
      .def_rw("per_class_reliability", &settings::per_class_reliability)
      .def_rw("level", &settings::level)
      .def_rw("norm", &settings::norm)
      .def_rw("top_k", &settings::top_k)
      .def_rw("min_probability", &settings::min_probability)
      .def_rw("coverage", &settings::coverage)
      .def_rw("risk", &settings::risk)
      .def_rw("threshold", &settings::threshold)
      .def_rw("seed", &settings::seed)
      .def_rw("draws", &settings::draws)
      .def_rw("bootstrap", &settings::bootstrap)
      .def_rw("threads", &settings::threads);
}

void bind_state(nb::module_& module) {
  nb::class_<evaluation_state>(module, "State")
      .def("merge", &evaluation_state::merge, "other"_a, nb::call_guard<nb::gil_scoped_release>())
      .def("add_batch", &add_batch, "batch"_a)
      .def("copy", [](const evaluation_state& state) { return evaluation_state(state); })
      .def("to_json", &to_json, "settings"_a, "command"_a)
      .def("encode",
           [](const evaluation_state& state) {
             const std::string bytes = encode_state(state);
             return nb::bytes(bytes.data(), bytes.size());
           })
      .def_static(
          "decode",
          [](const nb::bytes& bytes, const std::string& name) {
            return decode_state({bytes.c_str(), bytes.size()}, name);
          },
          "data"_a, "name"_a)
      .def(
          "write", [](const evaluation_state& state, const std::string& path) { write_state(path, state); }, "path"_a)
      .def_static("read", &read_state, "path"_a)
      .def_prop_ro("fits_file", &fits_state_file)
      .def_prop_ro("classes", [](const evaluation_state& state) { return state.config.classes.names(); })
      .def_prop_ro("rows", [](const evaluation_state& state) { return state.counts.measured; });
  module.def("require_classes", &require_classes, "names"_a, "columns"_a);
  module.def("measure", &measure, "settings"_a, "classes"_a.none(), "scores"_a, "labels"_a, "label_complaint"_a,
             "weights"_a.none(), "groups"_a.none(), "group_names"_a, "label_shares"_a.none(), "source"_a,
             // The scores' element type is one of three, which the generated signature has no words for.
             nb::sig("def measure(settings: Settings, classes: Sequence[str] | None, scores: object, labels: object, "
                     "label_complaint: str, weights: object | None, groups: object | None, group_names: Sequence[str], "
                     "label_shares: object | None, source: str) -> State"));
}

void bind_catalog(nb::module_& module) {
  module.def("metric_names", [] {
    std::vector<std::string> names;
    for (const metric_entry& entry : metric_catalog()) names.emplace_back(entry.name);
    return names;
  });
  module.def(
      "metric_direction",
      [](const std::string& name) {
        if (const metric_entry* const entry = find_metric(name)) return std::string(name_of(entry->better));
        throw error(error_code::invalid_argument,
                    "metric: got \"" + name + "\", expected a name that calibrant.metrics.names() lists");
      },
      "name"_a);
}

}  // namespace
}  // namespace calibrant::python

NB_MODULE(_core, module) {
  // A calibrator that a module or a test keeps until Python ends is no leak.
  nanobind::set_leak_warnings(false);
  using namespace calibrant::python;
  module.attr("version") = CALIBRANT_VERSION_STRING;
  register_errors();
  bind_settings(module);
  bind_state(module);
  bind_catalog(module);
  bind_figures(module);
  bind_confidence_bins(module);
  bind_calibration(module);
  bind_comparison(module);
  bind_gate(module);
  bind_diff(module);
  bind_tables(module);
}
