#include <calibrant/io/gate_json.hpp>

#include <initializer_list>
#include <string_view>
#include <utility>

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
  json.key("skipped").begin_object();
  for (std::size_t i = 0; i < row_problem_count; ++i)
    if (result.counts.skipped[i] > 0) json.key(name_of(static_cast<row_problem>(i))).value(result.counts.skipped[i]);
  json.end_object().end_object();
}

void put_options(json_writer& json, const gate_result& result) {
  json.key("options").begin_object();
  json.key("level").value(result.options.level.level());
  json.key("bins").value(std::uint64_t{result.config.bins});
  json.key("weight_kind").value(name_of(result.config.weights));
  json.key("log_floor");
  if (result.config.log_floor)
    json.value(*result.config.log_floor);
  else
    json.null();
  json.key("adjustment").value("holm");
  json.end_object();
}

void put_check(json_writer& json, const gate_check& check) {
  const std::initializer_list<std::pair<const char*, const figure*>> figures = {{"value", &check.value},
                                                                                {"baseline", &check.baseline},
                                                                                {"at_worst", &check.at_worst},
                                                                                {"at_best", &check.at_best},
                                                                                {"more_rows", &check.more_rows}};
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
  for (const auto& [name, figure] : figures) {
    json.key(name);
    if (figure->value)
      json.value(*figure->value);
    else
      json.null();
  }
  json.key("alpha").value(check.alpha);
  json.key("fail_alpha").value(check.fail_alpha);
  json.key("method");
  if (check.method.empty())
    json.null();
  else
    json.value(check.method);
  json.key("advice").value(check.advice);
  bool open = false;
  for (const auto& [name, figure] : figures) {
    if (figure->reason.empty()) continue;
    if (!std::exchange(open, true)) json.key("reasons").begin_object();
    json.key(name).value(figure->reason);
  }
  if (open) json.end_object();
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
