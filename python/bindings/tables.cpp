#include "python/bindings/tables.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <calibrant/core/error.hpp>
#include <calibrant/core/thread_pool.hpp>
#include <calibrant/evaluation/streaming.hpp>
#include <calibrant/io/prediction_reader.hpp>
#include <calibrant/io/table_columns.hpp>

#include "python/bindings/measurement.hpp"

namespace nb = nanobind;
using namespace nb::literals;

// As the Arrow C stream interface fixes it for ever (https://arrow.apache.org/docs/format/CStreamInterface.html).
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowSchema;
struct ArrowArray;
extern "C" struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif

namespace calibrant::python {
namespace {

/// What the options of the same names say. Absent: as the core has it.
struct input {
  std::vector<std::string> paths;
  std::vector<std::string> names;  ///< of the sources in the result, instead of their paths
  std::optional<std::string> scores;
  std::optional<std::pair<std::string, std::string>> positive;  ///< class, column
  std::optional<std::string> confidence;
  std::optional<std::string> prediction;
  std::optional<std::string> correct;
  std::optional<std::string> label;
  std::optional<std::string> soft_labels;
  std::optional<std::string> labels_file;
  std::optional<std::string> id;
  std::optional<std::string> weight;
  std::optional<std::string> group;
  std::vector<std::string> classes;
  bool percent = false;
};

/// Moves the stream out of the capsule that `__arrow_c_stream__` gave.
void take_stream(const nb::handle capsule, const std::string& name, ArrowArrayStream* to) {
  auto* const from = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
  if (from == nullptr || from->release == nullptr) {
    PyErr_Clear();
    throw error(error_code::malformed_input,
                name + ": __arrow_c_stream__ gave no stream, expected a capsule that nobody has read from yet");
  }
  *to = *from;
  from->release = nullptr;
}

/// Gives a new capsule of a stream for the columns that are wanted.
using stream_opener = nb::typed<nb::callable, nb::object(std::vector<std::string>)>;

std::shared_ptr<const arrow_table> table_of(const stream_opener& open_stream, const std::string& name) {
  return std::make_shared<arrow_table>(arrow_table{
      .open = [open_stream = open_stream.ptr(), name](const std::vector<std::string>& wanted, ArrowArrayStream* to) {
        const nb::gil_scoped_acquire with_gil;  // the thread that reads is not Python's
        nb::list columns;
        for (const std::string& column : wanted) columns.append(nb::str(column.data(), column.size()));
        take_stream(nb::borrow<nb::callable>(open_stream)(columns), name, to);
      }});
}

input_options options_of(const input& from, const std::optional<stream_opener>& open_stream) {
  input_options options;
  options.paths = from.paths;
  if (open_stream) options.table = table_of(*open_stream, from.paths.at(0));
  options.scores = from.scores;
  if (from.positive) options.positive = positive_class{.name = from.positive->first, .column = from.positive->second};
  options.confidence = from.confidence;
  options.prediction = from.prediction;
  options.correct = from.correct;
  if (from.label) options.label = *from.label;
  options.soft_labels = from.soft_labels;
  options.labels_file = from.labels_file;
  options.id = from.id;
  options.weight = from.weight;
  options.group = from.group;
  options.classes = from.classes;
  options.percent = from.percent;
  return options;
}

/// One pass over files, or over a table, as it stands there.
evaluation_state measure_table(settings options, const input& from, const std::optional<stream_opener>& open_stream) {
  input_options read = options_of(from, open_stream);
  if (options.kind != "top_label") read.kind = kind_of(options);
  const nb::gil_scoped_release without_gil;
  const std::unique_ptr<batch_source> source = open_predictions(read);
  options.kind = name_of(source->kind());
  thread_pool pool(options.threads);
  evaluation_state state =
      evaluate_stream(*source, config_of(options, source->classes()), pass_options_of(options), pool);
  for (std::size_t i = 0; i < from.names.size() && i < state.sources.size(); ++i) state.sources[i].path = from.names[i];
  return state;
}

std::vector<std::tuple<std::string, bool>> columns(const input& from, const std::optional<stream_opener>& open_stream) {
  const input_options read = options_of(from, open_stream);
  const nb::gil_scoped_release without_gil;
  std::vector<std::tuple<std::string, bool>> result;
  for (const table_column& column : table_columns(read)) result.emplace_back(column.name, column.holds_several);
  return result;
}

}  // namespace

void bind_tables(nb::module_& module) {
  nb::class_<input>(module, "Input")
      .def(nb::init<>())
      .def_rw("paths", &input::paths)
      .def_rw("names", &input::names)
      .def_rw("scores", &input::scores)
      .def_rw("positive", &input::positive)
      .def_rw("confidence", &input::confidence)
      .def_rw("prediction", &input::prediction)
      .def_rw("correct", &input::correct)
      .def_rw("label", &input::label)
      .def_rw("soft_labels", &input::soft_labels)
      .def_rw("labels_file", &input::labels_file)
      .def_rw("id", &input::id)
      .def_rw("weight", &input::weight)
      .def_rw("group", &input::group)
      .def_rw("classes", &input::classes)
      .def_rw("percent", &input::percent);
  module.def("measure_table", &measure_table, "settings"_a, "input"_a, "open_stream"_a.none());
  module.def("table_columns", &columns, "input"_a, "open_stream"_a.none());
}

}  // namespace calibrant::python
