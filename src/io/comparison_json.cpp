#include <calibrant/io/comparison_json.hpp>

#include <calibrant/io/json_writer.hpp>

#include "io/detail/result_json.hpp"
#include "io/detail/row_record.hpp"

namespace calibrant {
namespace {

using io::put;
using io::put_interval;
using io::put_reasons;

void put_data(json_writer& json, const comparison& result) {
  json.key("data").begin_object();
  json.key("rows").value(result.rows);
  json.key("left_out").value(result.left_out);
  json.key("weight").value(result.weight);
  json.key("weights").value(result.weighted);
  json.key("by_id").value(result.by_id);
  json.key("classes").value(std::uint64_t{result.classes.size()});
  json.key("class_names").begin_array();
  for (const std::string& name : result.classes.names()) json.value(name);
  json.end_array().end_object();
}

void put_options(json_writer& json, const comparison& result) {
  const comparison_options& o = result.options;
  json.key("options").begin_object();
  json.key("level").value(o.level.level());
  json.key("bins").value(std::uint64_t{o.bins});
  json.key("bootstrap").value(std::uint64_t{o.replicates});
  json.key("seed").value(o.seed);
  json.key("all_pairs").value(o.all_pairs);
  json.key("weight_kind").value(name_of(o.weights));
  put(json, "log_floor", o.log_floor);
  json.key("adjustment").value("holm");
  json.key("tests").value(std::uint64_t{result.tests});
  json.end_object();
}

void put_model(json_writer& json, const compared_model& model) {
  json.begin_object();
  json.key("name").value(model.name);
  json.key("input").value(name_of(model.kind));
  json.key("sources");
  io::write_sources(json, model.sources);
  json.key("metrics").begin_object();
  for (const panel_metric& m : model.metrics) {
    json.key(m.entry->name).begin_object();
    put(json, "value", m.result.value.value);
    put_interval(json, m.result.uncertainty);
    json.key("units").value(m.entry->units);
    put_reasons(json, {{"value", &m.result.value.reason}, {"interval", &m.result.uncertainty.reason}});
    json.end_object();
  }
  json.end_object().end_object();
}

void put_pair(json_writer& json, const compared_pair& pair, const comparison& result) {
  json.begin_object();
  json.key("baseline").value(result.models[pair.baseline].name);
  json.key("model").value(result.models[pair.model].name);
  json.key("verdict").value(pair.verdict);
  json.key("differences").begin_object();
  for (const paired_difference& d : pair.differences) {
    json.key(d.entry->name).begin_object();
    put(json, "value", d.value.value);
    put(json, "standard_error", d.standard_error.value);
    put_interval(json, d.uncertainty);
    put(json, "p_value", d.p_value.value);
    put(json, "adjusted_p_value", d.adjusted_p_value.value);
    json.key("units").value(d.entry->units);
    put_reasons(json, {{"value", &d.value.reason},
                       {"standard_error", &d.standard_error.reason},
                       {"interval", &d.uncertainty.reason},
                       {"p_value", &d.p_value.reason},
                       {"adjusted_p_value", &d.adjusted_p_value.reason}});
    json.end_object();
  }
  json.end_object().end_object();
}

}  // namespace

std::string comparison_json(const comparison& result, const evaluation_provenance& provenance) {
  json_writer json;
  json.begin_object();
  json.key("schema").value("calibrant/comparison/1");
  io::put_provenance(json, provenance);
  put_data(json, result);
  put_options(json, result);
  json.key("models").begin_array();
  for (const compared_model& model : result.models) put_model(json, model);
  json.end_array();
  json.key("pairs").begin_array();
  for (const compared_pair& pair : result.pairs) put_pair(json, pair, result);
  json.end_array();
  io::put_warnings(json, result.warnings);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace calibrant
