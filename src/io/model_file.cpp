#include <calibrant/io/model_file.hpp>

#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/json_writer.hpp>
#include <calibrant/io/sha256.hpp>
#include <calibrant/version.hpp>

#include "io/detail/input_file.hpp"
#include "io/detail/row_record.hpp"
#include "io/detail/safetensors.hpp"

namespace calibrant {
namespace {

constexpr std::string_view format_prefix = "calibrant/model/";
constexpr std::string_view format_name = "calibrant/model/1";

[[noreturn]] void refuse(const std::string& name, const std::string& reason) {
  throw error(error_code::malformed_input, fmt::format("{}: damaged: {}; make the file again", name, reason));
}

/// Of the names, one after the other, each ended by a byte of 0.
std::string hash_of(const class_names& classes) {
  sha256 hash;
  for (const std::string& name : classes.names()) hash.update(std::as_bytes(std::span(name.c_str(), name.size() + 1)));
  return hash.finish();
}

void write_number(json_writer& json, double x) {
  if (std::isfinite(x))
    json.value(x);
  else
    json.null();
}

/// Infinite losses are null.
void write_loss(json_writer& json, const std::optional<double>& loss) {
  write_number(json, loss.value_or(std::numeric_limits<double>::infinity()));
}

std::optional<double> read_loss(simdjson::dom::element loss) {
  return loss.is_null() ? std::numeric_limits<double>::infinity() : double(loss);
}

void write_selection(json_writer& json, const selection_record& selection) {
  json.begin_object();
  json.key("score").value(name_of(selection.score));
  json.key("folds").value(std::uint64_t{selection.folds});
  json.key("reason").value(selection.reason);
  json.key("candidates").begin_array();
  for (const candidate_result& c : selection.candidates) {
    json.begin_object();
    json.key("method").value(c.method);
    json.key("options").begin_object();
    for (const auto& [name, text] : c.options) json.key(name).value(text);
    json.end_object();
    json.key("parameters").value(std::uint64_t{c.parameters});
    json.key("score");
    write_loss(json, c.score);
    json.key("behind").value(c.behind);
    json.key("behind_error").value(c.behind_error);
    json.key("accuracy").value(c.accuracy);
    json.key("ece").value(c.ece);
    json.end_object();
  }
  json.end_array();
  json.key("left_out").begin_array();
  for (const std::string& sentence : selection.left_out) json.value(sentence);
  json.end_array();
  json.key("estimate");
  write_loss(json, selection.estimate);
  json.key("identity");
  write_loss(json, selection.identity);
  json.key("gain_at_least").value(selection.gain_at_least);
  json.key("optimism").value(selection.optimism);
  json.end_object();
}

selection_record read_selection(simdjson::dom::element root) {
  const auto maybe = [](simdjson::dom::element x) { return x.is_null() ? std::nullopt : std::optional(double(x)); };
  selection_record selection;
  const std::string_view score = root["score"];
  if (score != "log_loss" && score != "brier")
    throw error(error_code::malformed_input, "the score of its selection is unknown");
  selection.score = score == "brier" ? selection_score::brier : selection_score::log_loss;
  selection.folds = static_cast<std::size_t>(std::uint64_t(root["folds"]));
  selection.reason = std::string_view(root["reason"]);
  for (const simdjson::dom::element from : simdjson::dom::array(root["candidates"])) {
    candidate_result c;
    c.method = std::string_view(from["method"]);
    for (const auto [name, value] : simdjson::dom::object(from["options"]))
      c.options.emplace_back(name, std::string_view(value));
    c.parameters = static_cast<std::size_t>(std::uint64_t(from["parameters"]));
    c.score = maybe(from["score"]);
    c.behind = double(from["behind"]);
    c.behind_error = double(from["behind_error"]);
    c.accuracy = double(from["accuracy"]);
    c.ece = double(from["ece"]);
    selection.candidates.push_back(std::move(c));
  }
  for (const std::string_view sentence : simdjson::dom::array(root["left_out"]))
    selection.left_out.emplace_back(sentence);
  selection.estimate = maybe(root["estimate"]);
  selection.identity = maybe(root["identity"]);
  selection.gain_at_least = double(root["gain_at_least"]);
  selection.optimism = double(root["optimism"]);
  return selection;
}

std::string describe(const calibration_model& model, std::string_view version) {
  json_writer json;
  json.begin_object();
  json.key("method").value(model.method->name);
  json.key("options").begin_object();
  for (const auto& [name, text] : model.options) json.key(name).value(text);
  json.end_object();
  json.key("input").value(name_of(model.kind));
  json.key("classes").begin_array();
  for (const std::string& name : model.classes.names()) json.value(name);
  json.end_array();
  json.key("classes_sha256").value(hash_of(model.classes));
  json.key("calibrant").value(version);
  json.key("training").begin_object();
  const training_record& training = model.training;
  json.key("rows");
  io::write_counts(json, training.counts);
  json.key("weight").value(training.weight);
  json.key("weighted").value(training.weighted);
  json.key("class_weights").begin_array();
  for (const double w : training.class_weights) json.value(w);
  json.end_array();
  json.key("floored").value(training.floored);
  if (training.floor > 0) json.key("floor").value(training.floor);  // files of before it was kept stay as they are
  json.key("sources");
  io::write_sources(json, training.sources);
  json.end_object();
  const fit_report& report = model.report;
  json.key("fit").begin_object();
  json.key("iterations").value(std::uint64_t{report.iterations});
  json.key("loss_before");
  write_loss(json, report.loss_before);
  json.key("loss_after");
  write_loss(json, report.loss_after);
  json.key("gradient").value(report.gradient);
  json.key("converged").value(report.converged);
  json.key("notes").begin_array();
  for (const fit_note& note : report.notes) {
    json.begin_object();
    json.key("code").value(note.code);
    json.key("message").value(note.message);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  if (model.selection) {
    json.key("selection");
    write_selection(json, *model.selection);
  }
  json.end_object();
  return json.text();
}

struct description {
  calibration_model model;
  std::string version;
};

/// The model without its map. simdjson throws simdjson_error where something is absent or of another kind.
description parse(std::string_view text, const std::string& file) {
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(text.data(), text.size());
  std::vector<std::string> names;
  for (const std::string_view name : simdjson::dom::array(root["classes"])) names.emplace_back(name);
  const std::string_view method = root["method"];
  const std::string_view input = root["input"];
  const std::string_view version = root["calibrant"];
  // Everything that may throw comes before the aggregate: g++ 12 destroys its finished members twice otherwise.
  const score_kind kind = io::kind_named(input);
  class_names classes(std::move(names));
  description read{.model = {.method = find_calibrator(method),
                             .classes = std::move(classes),
                             .kind = kind,
                             .options = {},
                             .map = nullptr,
                             .report = {},
                             .training = {.counts = {}, .class_weights = {}, .sources = {}}},
                   .version = std::string(version)};
  calibration_model& model = read.model;
  if (model.method == nullptr)
    throw error(
        error_code::unsupported,
        fmt::format("{}: its method is \"{}\", which this version of Calibrant ({}) does not know; read it with "
                    "a newer one",
                    file, method, version_string));
  if (model.kind == score_kind::top_label) throw error(error_code::malformed_input, "its kind of scores is unknown");
  for (const auto [name, value] : simdjson::dom::object(root["options"]))
    model.options.emplace_back(name, std::string_view(value));
  const simdjson::dom::element training = root["training"];
  model.training.counts = io::read_counts(training["rows"]);
  model.training.weight = double(training["weight"]);
  model.training.weighted = bool(training["weighted"]);
  for (const double w : simdjson::dom::array(training["class_weights"])) model.training.class_weights.push_back(w);
  model.training.floored = std::uint64_t(training["floored"]);
  if (double floor = 0; training["floor"].get(floor) == simdjson::SUCCESS) {
    if (!(floor >= 0 && floor < 0.5))
      throw error(error_code::malformed_input, "its floor is no small probability, expected one from 0 to 0.5");
    model.training.floor = floor;
  }
  model.training.sources = io::read_sources(training["sources"]);
  const simdjson::dom::element fit = root["fit"];
  model.report.iterations = static_cast<std::size_t>(std::uint64_t(fit["iterations"]));
  model.report.loss_before = read_loss(fit["loss_before"]);
  model.report.loss_after = read_loss(fit["loss_after"]);
  model.report.gradient = double(fit["gradient"]);
  model.report.converged = bool(fit["converged"]);
  for (const simdjson::dom::element note : simdjson::dom::array(fit["notes"]))
    model.report.notes.push_back(
        {std::string(std::string_view(note["code"])), std::string(std::string_view(note["message"]))});
  if (simdjson::dom::element selection; root["selection"].get(selection) == simdjson::SUCCESS)
    model.selection = read_selection(selection);
  return read;
}

std::vector<parameter> parameters_in(const io::tensor_file& file, const std::string& name) {
  std::vector<parameter> parameters;
  for (const io::tensor& t : file.tensors) {
    if (t.type != io::tensor_type::f64) refuse(name, fmt::format("tensor \"{}\" is not of float64 numbers", t.name));
    parameter p{.name = t.name, .shape = t.shape, .values = std::vector<double>(t.bytes.size() / sizeof(double))};
    std::memcpy(p.values.data(), t.bytes.data(), t.bytes.size());
    parameters.push_back(std::move(p));
  }
  return parameters;
}

/// `version`: of the library that learned.
std::string encode(const calibration_model& model, std::string_view version) {
  const std::vector<parameter> parameters = model.map->parameters();
  io::tensor_file file;
  for (const parameter& p : parameters)
    file.tensors.push_back(
        {.name = p.name,
         .type = io::tensor_type::f64,
         .shape = p.shape,
         .bytes = {reinterpret_cast<const char*>(p.values.data()), p.values.size() * sizeof(double)}});
  const std::string text = describe(model, version);
  file.metadata = {{"format", std::string(format_name)}, {"model", text}, {"sha256", io::checksum(text, file.tensors)}};
  return io::encode_tensors(file);
}

}  // namespace

std::string encode_model(const calibration_model& model) { return encode(model, version_string); }

calibration_model decode_model(std::string_view bytes, const std::string& name) {
  const io::tensor_file file = io::decode_tensors(bytes, name);
  const auto text = [&](const char* key) -> const std::string& {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end())
      refuse(name, fmt::format("the metadata has no \"{}\", so it is no model file", key));
    return found->second;
  };
  if (text("format") != format_name) {
    if (text("format").starts_with(format_prefix))
      throw error(error_code::unsupported, fmt::format("{}: got format \"{}\", expected \"{}\"; read it with a newer "
                                                       "version of Calibrant",
                                                       name, text("format"), format_name));
    refuse(name, fmt::format("its format is \"{}\", expected \"{}\"", text("format"), format_name));
  }
  if (io::checksum(text("model"), file.tensors) != text("sha256"))
    refuse(name, "the checksum does not match the contents");
  try {
    description read = parse(text("model"), name);
    calibration_model& model = read.model;
    const std::vector<parameter> parameters = parameters_in(file, name);
    model.map = model.method->restore(parameter_list(parameters, model.classes.size()));
    // Whatever else the file holds (tensors that no method reads, other shapes, other texts) shows when it is written.
    if (encode(model, read.version) != bytes) refuse(name, "it is not in canonical form");
    return std::move(model);
  } catch (const simdjson::simdjson_error& problem) {
    refuse(name, fmt::format("the description of the model is not the expected JSON ({})", problem.what()));
  } catch (const error& problem) {
    if (std::string_view(problem.what()).starts_with(name)) throw;
    refuse(name, fmt::format("the model is not valid ({})", problem.what()));
  }
}

std::string model_description(const calibration_model& model) { return describe(model, version_string); }

void write_model(const std::string& path, const calibration_model& model) {
  atomic_file file(path);
  file.write(encode_model(model));
  file.commit();
}

calibration_model read_model(const std::string& path) {
  const io::input_file file(path);
  std::string bytes(file.size(), '\0');
  file.read_exactly(bytes.data(), bytes.size(), 0);
  return decode_model(bytes, path);
}

bool is_model_file(const std::string& path) {
  const io::input_file file(path);
  // The format stands at the beginning of the header.
  std::string start(std::min<std::uint64_t>(file.size(), 256), '\0');
  file.read_exactly(start.data(), start.size(), 0);
  return start.find(format_prefix) != std::string::npos;
}

}  // namespace calibrant
