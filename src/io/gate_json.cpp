#include <calibrant/io/gate_json.hpp>

#include <calibrant/io/json_writer.hpp>

#include "io/detail/result_json.hpp"
#include "io/detail/row_record.hpp"

namespace calibrant {
namespace {

void put_data(json_writer& json, const gate_result& result) {
  json.key("data").begin_object();
  json.key("rows").value(result.counts.measured);
  json.key("weight").value(result.weight);
  json.key("weights").value(result.weighted);
  json.key("groups").value(result.grouped);
  json.key("classes").value(std::uint64_t{result.config.classes.size()});
  json.key("class_names").begin_array();
  for (const std::string& name : result.config.classes.names()) json.value(name);
  json.end_array();
  json.key("input").value(name_of(result.config.kind));
  json.key("sources");
  io::write_sources(json, result.sources);
  json.key("baseline");
  io::write_sources(json, result.baseline_sources);
  io::put_skipped(json, result.counts);
  json.end_object();
}

void put_options(json_writer& json, const gate_result& result) {
  json.key("options").begin_object();
  json.key("level").value(result.options.level.level());
  json.key("bins").value(std::uint64_t{result.config.bins});
  json.key("weight_kind").value(name_of(result.config.weights));
  io::put(json, "log_floor", result.config.log_floor);
  json.key("adjustment").value("holm");
  io::put_metric_options(json, result.options.metric);
  json.end_object();
}

void put_check(json_writer& json, const gate_check& check) {
  json.begin_object();
  json.key("metric").value(check.entry->name);
  json.key("rule").value(name_of(check.rule));
  json.key("limit").value(check.limit);
  json.key("units").value(check.entry->units);
  json.key("scope").value(name_of(check.scope));
  json.key("member");
  if (check.scope == limit_scope::total)
    json.null();
  else
    json.value(check.member);
  json.key("outcome").value(name_of(check.outcome));
  json.key("rows").value(check.rows);
  io::put(json, "value", check.value.value);
  io::put(json, "baseline", check.baseline.value);
  io::put(json, "at_worst", check.at_worst.value);
  io::put(json, "at_best", check.at_best.value);
  io::put(json, "more_rows", check.more_rows.value);
  json.key("alpha").value(check.alpha);
  json.key("fail_alpha").value(check.fail_alpha);
  json.key("method");
  if (check.method.empty())
    json.null();
  else
    json.value(check.method);
  json.key("advice").value(check.advice);
  io::put_reasons(json, {{"value", &check.value.reason},
                         {"baseline", &check.baseline.reason},
                         {"at_worst", &check.at_worst.reason},
                         {"at_best", &check.at_best.reason},
                         {"more_rows", &check.more_rows.reason}});
  json.end_object();
}

}  // namespace

std::string gate_json(const gate_result& result, const evaluation_provenance& provenance) {
  json_writer json;
  json.begin_object();
  json.key("schema").value("calibrant/check/1");
  io::put_provenance(json, provenance);
  json.key("outcome").value(name_of(result.outcome));
  json.key("verdict").value(result.verdict);
  put_data(json, result);
  put_options(json, result);
  json.key("checks").begin_array();
  for (const gate_check& check : result.checks) put_check(json, check);
  json.end_array();
  io::put_warnings(json, result.warnings);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace calibrant
