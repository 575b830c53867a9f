#include <calibrant/io/onnx_file.hpp>

#include <cmath>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <calibrant/calibrators/operator_graph.hpp>
#include <calibrant/core/error.hpp>
#include <calibrant/io/atomic_file.hpp>
#include <calibrant/io/json_writer.hpp>
#include <calibrant/version.hpp>

#include "io/detail/protobuf.hpp"

namespace calibrant {
namespace {

using io::protobuf_message;

// Field numbers and codes of onnx.proto3.
enum : std::uint32_t { model_ir_version = 1, model_producer = 2, model_producer_version = 3, model_graph = 7 };
enum : std::uint32_t { model_opset = 8, model_metadata = 14, opset_version = 2, entry_key = 1, entry_value = 2 };
enum : std::uint32_t { graph_node = 1, graph_name = 2, graph_constant = 5, graph_input = 11, graph_output = 12 };
enum : std::uint32_t { node_input = 1, node_output = 2, node_op = 4, node_attribute = 5 };
enum : std::uint32_t { attribute_name = 1, attribute_integer = 3, attribute_integers = 8, attribute_type = 20 };
enum : std::uint32_t { tensor_extent = 1, tensor_type = 2, tensor_name = 8, tensor_bytes = 9 };
enum : std::uint32_t { value_name = 1, value_type = 2, type_tensor = 1, tensor_element = 1, tensor_shape = 2 };
enum : std::uint32_t { shape_dimension = 1, dimension_value = 1, dimension_name = 2 };
constexpr std::int64_t float_code = 1;
constexpr std::int64_t int64_code = 7;
constexpr std::int64_t one_integer_code = 2;
constexpr std::int64_t integers_code = 7;
constexpr std::int64_t ir_version = 8;
constexpr std::int64_t opset = 17;

constexpr const char* input_name = "scores";
constexpr const char* output_name = "probabilities";
constexpr double float_floor = 0x1p-126;

/// The scores in the form that a map reads.
std::string in_form(operator_graph& graph, const calibration_map& map, bool are_logits) {
  const std::string given = input_name;
  const score_form form = map.reads();
  const double bound = -std::log(float_floor);
  if (!are_logits) {
    if (form == score_form::probabilities) return given;
    const auto log_of = [&](const std::string& x) {
      return graph.apply("Log", {graph.apply("Max", {x, graph.number(float_floor)})});
    };
    if (form != score_form::log_odds) return log_of(given);
    return graph.difference(log_of(given), log_of(graph.difference(graph.number(1), given)));
  }
  if (form == score_form::probabilities) return graph.softmax(given);
  const std::string top = graph.row_maximum(given);
  std::string z = given;
  if (!map.keeps_zeros()) {
    const std::string lowest = graph.difference(top, graph.number(bound));
    const std::string infinite = graph.apply("IsInf", {given}, {{"detect_positive", 0}});
    z = graph.apply("Where", {infinite, lowest, given});
  }
  if (form == score_form::log_scores) return z;
  if (form == score_form::log_probabilities)
    return graph.apply("Max", {graph.apply("LogSoftmax", {z}, {{"axis", 1}}), graph.number(-bound)});
  // Log-odds: the exponentials of the others; of the largest class without those that would cancel.
  const std::string below = graph.difference(z, top);
  const std::string exponentials = graph.apply("Exp", {below});
  const std::string is_top = graph.apply("Equal", {z, top});
  const std::string beside = graph.row_sum(graph.apply("Where", {is_top, graph.number(0), exponentials}));
  const std::string tops = graph.row_sum(graph.apply("Where", {is_top, graph.number(1), graph.number(0)}));
  const std::string total = graph.row_sum(exponentials);
  const std::string of_top = graph.sum(beside, graph.difference(tops, graph.number(1)));
  const std::string others = graph.apply("Where", {is_top, of_top, graph.difference(total, exponentials)});
  const std::string odds = graph.difference(below, graph.apply("Log", {others}));
  return graph.apply("Min", {graph.apply("Max", {odds, graph.number(-bound)}), graph.number(bound)});
}

/// Lifts the class with the largest score above all others by one ulp where rounding has hidden it.
std::string keep_largest(operator_graph& graph, const std::string& p) {
  const std::string is_top = graph.apply("Equal", {input_name, graph.row_maximum(input_name)});
  const std::string beaten = graph.row_maximum(graph.apply("Where", {is_top, graph.number(-1), p}));
  const std::string raised = graph.product(beaten, graph.number(1 + 0x1p-23));
  return graph.apply("Where", {is_top, graph.apply("Max", {p, raised}), p});
}

protobuf_message encoded(const operator_graph::node& node) {
  protobuf_message message;
  for (const std::string& name : node.inputs) message.text(node_input, name);
  message.text(node_output, node.output);
  message.text(node_op, node.op);
  for (const auto& [name, value] : node.attributes) {
    protobuf_message attribute;
    attribute.text(attribute_name, name);
    if (const auto* const one = std::get_if<std::int64_t>(&value)) {
      attribute.integer(attribute_integer, *one);
      attribute.integer(attribute_type, one_integer_code);
    } else {
      for (const std::int64_t number : std::get<std::vector<std::int64_t>>(value))
        attribute.integer(attribute_integers, number);
      attribute.integer(attribute_type, integers_code);
    }
    message.message(node_attribute, attribute);
  }
  return message;
}

protobuf_message encoded(const operator_graph::constant& constant) {
  protobuf_message message;
  for (const std::size_t extent : constant.shape) message.integer(tensor_extent, static_cast<std::int64_t>(extent));
  std::visit(
      [&]<class T>(const std::vector<T>& values) {
        message.integer(tensor_type, std::is_same_v<T, float> ? float_code : int64_code);
        message.text(tensor_name, constant.name);
        message.text(tensor_bytes, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
      },
      constant.values);
  return message;
}

/// An N x K matrix of float32.
protobuf_message matrix_value(const char* name, std::size_t K) {
  protobuf_message rows;
  rows.text(dimension_name, "N");
  protobuf_message columns;
  columns.integer(dimension_value, static_cast<std::int64_t>(K));
  protobuf_message shape;
  shape.message(shape_dimension, rows);
  shape.message(shape_dimension, columns);
  protobuf_message tensor;
  tensor.integer(tensor_element, float_code);
  tensor.message(tensor_shape, shape);
  protobuf_message type;
  type.message(type_tensor, tensor);
  protobuf_message value;
  value.text(value_name, name);
  value.message(value_type, type);
  return value;
}

std::string names_as_json(const class_names& classes) {
  json_writer json;
  json.begin_array();
  for (const std::string& name : classes.names()) json.value(name);
  json.end_array();
  return json.text();
}

}  // namespace

std::string encode_onnx(const calibration_model& model) {
  const bool are_logits = model.kind == score_kind::logits;
  const std::string_view obstacle = model.method->onnx_obstacle.empty() && are_logits
                                        ? model.method->onnx_obstacle_of_logits
                                        : model.method->onnx_obstacle;
  if (!obstacle.empty())
    throw error(error_code::unsupported,
                fmt::format("onnx: {} cannot be written in standard operators exactly, since {}; apply the model file, "
                            "or take another method",
                            model.method->name, obstacle));
  operator_graph graph(model.classes.size());
  std::string p = model.map->describe(graph, in_form(graph, *model.map, are_logits));
  if (model.method->keeps_order && p != input_name) p = keep_largest(graph, p);
  protobuf_message body;
  for (const operator_graph::node& node : graph.nodes()) body.message(graph_node, encoded(node));
  body.message(graph_node, encoded(operator_graph::node{"Identity", {p}, output_name, {}}));
  body.text(graph_name, "calibrant");
  for (const operator_graph::constant& constant : graph.constants()) body.message(graph_constant, encoded(constant));
  body.message(graph_input, matrix_value(input_name, model.classes.size()));
  body.message(graph_output, matrix_value(output_name, model.classes.size()));

  protobuf_message file;
  file.integer(model_ir_version, ir_version);
  file.text(model_producer, "calibrant");
  file.text(model_producer_version, version_string);
  file.message(model_graph, body);
  protobuf_message operators;
  operators.text(1, "");
  operators.integer(opset_version, opset);
  file.message(model_opset, operators);
  for (const auto& [key, value] : {std::pair<std::string_view, std::string>{"method", std::string(model.method->name)},
                                   {"input", std::string(name_of(model.kind))},
                                   {"classes", names_as_json(model.classes)}}) {
    protobuf_message entry;
    entry.text(entry_key, key);
    entry.text(entry_value, value);
    file.message(model_metadata, entry);
  }
  return file.bytes();
}

void write_onnx(const std::string& path, const calibration_model& model) {
  atomic_file file(path);
  file.write(encode_onnx(model));
  file.commit();
}

}  // namespace calibrant
