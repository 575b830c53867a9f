#include "python/bindings/calibration.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <calibrant/catalog/calibrator_catalog.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/fit_model.hpp>
#include <calibrant/io/model_file.hpp>
#include <calibrant/io/onnx_file.hpp>

#include "python/bindings/arrays.hpp"
#include "python/bindings/measurement.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace calibrant::python {
namespace {

using option_list = std::vector<std::pair<std::string, std::string>>;

class_scores class_scores_of(const score_array& values, score_kind kind) {
  const scores viewed = view_scores(values, kind);
  if (kind == score_kind::logits) return std::get<logits>(viewed);
  return std::get<probabilities>(viewed);
}

calibration_model fit(const settings& options, const std::optional<std::vector<std::string>>& class_list,
                      const score_array& values, const vector_of<std::int32_t>& labels,
                      const std::string& label_complaint, const std::optional<vector_of<double>>& weights,
                      const std::optional<share_array>& label_shares, const std::string& method,
                      const option_list& chosen, const std::string& source, const std::optional<score_array>& target,
                      const std::optional<vector_of<std::uint64_t>>& keys) {
  const nb::gil_scoped_release without_gil;
  const class_names classes = class_list ? class_names(*class_list) : class_names::indexed(values.shape(1));
  prediction_batch batch{.values = view_scores(values, kind_of(options)),
                         .labels = {labels.data(), labels.shape(0)},
                         .weights = view(weights)};
  if (keys) batch.keys = {keys->data(), keys->shape(0)};
  if (label_shares) batch.label_shares = {label_shares->data(), label_shares->shape(0) * label_shares->shape(1)};
  thread_pool pool(options.threads);
  fit_request request{.method = method, .options = chosen};
  if (target) request.target = class_scores_of(*target, kind_of(options));
  return fit_model(batch, classes, request, pass_options_of(options),
                   {{.path = source, .rows = labels.shape(0), .sha256 = {}}}, refused_labels(labels, label_complaint),
                   pool);
}

template <class T>
nb::object owned_array(std::unique_ptr<T[]> values, const std::vector<std::size_t>& shape) {
  T* const kept = values.release();
  const nb::capsule owner(kept, [](void* p) noexcept { delete[] static_cast<T*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, T>(kept, shape.size(), shape.data(), owner));
}

nb::object new_array(const std::vector<double>& values, const std::vector<std::size_t>& shape) {
  auto copy = std::make_unique_for_overwrite<double[]>(values.size());
  std::copy(values.begin(), values.end(), copy.get());
  return owned_array(std::move(copy), shape);
}

template <class T>
nb::object applied(const calibration_model& model, const class_scores& values, std::size_t threads) {
  const matrix_view& matrix = view_of(values);
  auto p = std::make_unique_for_overwrite<T[]>(matrix.rows() * matrix.columns());  // pages come with the threads
  {
    const nb::gil_scoped_release without_gil;
    thread_pool pool(threads);
    apply_model(model, values, p.get(), pool);
  }
  return owned_array(std::move(p), {matrix.rows(), matrix.columns()});
}

nb::object apply(const calibration_model& model, const score_array& values, std::size_t threads) {
  const class_scores typed = class_scores_of(values, model.kind);
  return visit_scores(values, [&]<class T>(T) {
    return std::is_same_v<T, double> ? applied<double>(model, typed, threads) : applied<float>(model, typed, threads);
  });
}

nb::dict parameters(const calibration_model& model) {
  nb::dict all;
  for (parameter& p : model.map->parameters()) {
    const nb::str name(p.name.c_str());
    if (p.shape.empty())
      all[name] = nb::float_(p.values.front());
    else
      all[name] = new_array(p.values, p.shape);
  }
  return all;
}

}  // namespace

void bind_calibration(nb::module_& module) {
  nb::class_<calibration_model>(module, "Model")
      .def_static("fit", &fit, "settings"_a, "classes"_a.none(), "scores"_a, "labels"_a, "label_complaint"_a,
                  "weights"_a.none(), "label_shares"_a.none(), "method"_a, "options"_a, "source"_a, "target"_a.none(),
                  "keys"_a.none(),
                  nb::sig("def fit(settings: Settings, classes: Sequence[str] | None, scores: object, labels: object, "
                          "label_complaint: str, weights: object | None, label_shares: object | None, method: str, "
                          "options: Sequence[tuple[str, str]], source: str, target: object | None, "
                          "keys: object | None) -> Model"))
      .def("apply", &apply, "scores"_a, "threads"_a,
           nb::sig("def apply(self, scores: object, threads: int) -> numpy.typing.NDArray[typing.Any]"))
      .def("parameters", &parameters, nb::sig("def parameters(self) -> dict[str, typing.Any]"))
      .def("description", &model_description)
      .def("encode",
           [](const calibration_model& model) {
             const std::string bytes = encode_model(model);
             return nb::bytes(bytes.data(), bytes.size());
           })
      .def(
          "write_onnx", [](const calibration_model& model, const std::string& path) { write_onnx(path, model); },
          "path"_a)
      .def_static(
          "decode",
          [](const nb::bytes& bytes, const std::string& name) {
            return decode_model({bytes.c_str(), bytes.size()}, name);
          },
          "data"_a, "name"_a)
      .def(
          "write", [](const calibration_model& model, const std::string& path) { write_model(path, model); }, "path"_a)
      .def_static("read", &read_model, "path"_a)
      .def_prop_ro("method", [](const calibration_model& model) { return std::string(model.method->name); })
      .def_prop_ro("kind", [](const calibration_model& model) { return std::string(name_of(model.kind)); })
      .def_prop_ro("classes", [](const calibration_model& model) { return model.classes.names(); });
  module.def("calibrator_options", [] {
    // Name of each calibrator with the names and defaults of its options.
    std::vector<std::pair<std::string, option_list>> all = {
        {std::string(automatic_method), {{"score", std::string(name_of(selection_options().score))}, {"seed", "0"}}}};
    for (const calibrator_entry& entry : calibrator_catalog()) {
      option_list options;
      for (const calibrator_option& option : calibrator_option_catalog())
        if (entry.reads(option.name)) options.emplace_back(option.name, option.default_value);
      all.emplace_back(entry.name, std::move(options));
    }
    return all;
  });
}

}  // namespace calibrant::python
