#include <calibrant/io/state_diff_json.hpp>

#include <optional>
#include <string_view>

#include <calibrant/io/json_writer.hpp>

#include "io/detail/result_json.hpp"
#include "io/detail/row_record.hpp"

namespace calibrant {
namespace {

void put_side(json_writer& json, std::string_view key, const diff_side& side) {
  json.key(key).begin_object();
  json.key("name").value(side.name);
  json.key("rows").value(side.counts.measured);
  json.key("weight").value(side.weight);
  json.key("effective_rows").value(side.effective_rows);
  json.key("weights").value(side.weighted);
  json.key("input").value(name_of(side.kind));
  io::put_skipped(json, side.counts);
  json.key("sources");
  io::write_sources(json, side.sources);
  json.end_object();
}

void put_options(json_writer& json, const state_diff& result) {
  json.key("options").begin_object();
  json.key("level").value(result.options.level.level());
  json.key("bins").value(std::uint64_t{result.bins});
  json.key("adjustment").value("holm");
  io::put_metric_options(json, result.options.metric);
  json.key("tests").begin_object();
  json.key("leading").value(std::uint64_t{result.leading_tests});
  json.key("further").value(std::uint64_t{result.further_tests});
  json.key("classes").value(std::uint64_t{result.class_tests});
  json.key("groups").value(std::uint64_t{result.group_tests});
  json.end_object().end_object();
}

void put_value(json_writer& json, std::string_view key, const estimate& e) {
  json.key(key).begin_object();
  io::put(json, "value", e.value.value);
  io::put(json, "interval", e.uncertainty.bounds);
  io::put_reasons(json, {{"value", &e.value.reason}, {"interval", &e.uncertainty.reason}});
  json.end_object();
}

/// The keys of one change; `family` where a document has several.
void put_change(json_writer& json, const measured_change& change, std::string_view family = {}) {
  json.key(change.entry->name).begin_object();
  if (!family.empty()) json.key("family").value(family);
  json.key("verdict").value(name_of(change.verdict));
  put_value(json, "old", change.before);
  put_value(json, "new", change.after);
  io::put(json, "difference", change.difference.value);
  io::put_interval(json, change.uncertainty);
  io::put(json, "p_value", change.p_value.value);
  io::put(json, "adjusted_p_value", change.adjusted_p_value.value);
  json.key("units").value(change.entry->units);
  json.key("direction").value(name_of(change.entry->better));
  io::put_reasons(json, {{"difference", &change.difference.reason},
                         {"interval", &change.uncertainty.reason},
                         {"p_value", &change.p_value.reason},
                         {"adjusted_p_value", &change.adjusted_p_value.reason}});
  json.end_object();
}

void put_mix(json_writer& json, std::string_view key, const mix_change& mix) {
  const bool known = mix.p_value.value.has_value();
  json.key(key).begin_object();
  io::put(json, "distance", known ? std::optional(mix.test.distance) : std::nullopt);
  io::put(json, "statistic", mix.test.statistic);
  json.key("freedom").value(std::uint64_t{mix.test.freedom});
  io::put(json, "p_value", mix.p_value.value);
  io::put(json, "adjusted_p_value", mix.adjusted_p_value.value);
  json.key("changed").value(mix.changed);
  io::put_reasons(json, {{"p_value", &mix.p_value.reason}, {"adjusted_p_value", &mix.adjusted_p_value.reason}});
  json.end_object();
}

void put_classes(json_writer& json, const state_diff& result) {
  json.key("per_class").begin_array();
  for (const class_change& row : result.by_class) {
    json.begin_object();
    json.key("name").value(result.classes[row.place]);
    io::put(json, "old_rows", row.rows_before);
    io::put(json, "new_rows", row.rows_after);
    json.key("changed").value(row.significant());
    for (const measured_change& change : row.changes) put_change(json, change);
    json.end_object();
  }
  json.end_array();
}

void put_names(json_writer& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.value(name);
  json.end_array();
}

void put_groups(json_writer& json, const state_diff& result) {
  json.key("groups").begin_object();
  for (const group_change& group : result.groups) {
    json.key(group.name).begin_object();
    json.key("old_weight").value(group.weight_before);
    json.key("new_weight").value(group.weight_after);
    json.key("changed").value(group.significant());
    json.key("metrics").begin_object();
    for (const measured_change& change : group.changes) put_change(json, change);
    json.end_object().end_object();
  }
  json.end_object();
  put_names(json, "groups_gone", result.groups_gone);
  put_names(json, "groups_new", result.groups_new);
}

}  // namespace

std::string state_diff_json(const state_diff& result, const evaluation_provenance& provenance) {
  json_writer json;
  json.begin_object();
  json.key("schema").value("calibrant/diff/1");
  io::put_provenance(json, provenance);
  json.key("verdict").value(result.verdict);
  put_side(json, "old", result.before);
  put_side(json, "new", result.after);
  json.key("classes").value(std::uint64_t{result.classes.size()});
  put_names(json, "class_names", result.classes.names());
  put_options(json, result);
  json.key("metrics").begin_object();
  for (const measured_change& change : result.leading) put_change(json, change, "leading");
  for (const measured_change& change : result.further) put_change(json, change, "further");
  json.end_object();
  put_mix(json, "class_mix", result.class_mix);
  put_classes(json, result);
  put_mix(json, "group_mix", result.group_mix);
  put_groups(json, result);
  put_names(json, "advice", result.advice);
  io::put_warnings(json, result.warnings);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace calibrant
