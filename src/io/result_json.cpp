#include "io/detail/result_json.hpp"

#include <calibrant/version.hpp>

namespace calibrant::io {

void put_provenance(json_writer& json, const evaluation_provenance& provenance) {
  json.key("calibrant").begin_object();
  json.key("version").value(version_string);
  json.key("simd").value(provenance.simd);
  json.key("command").value(provenance.command);
  json.end_object();
}

void put_warnings(json_writer& json, std::span<const evaluation_warning> warnings) {
  json.key("warnings").begin_array();
  for (const evaluation_warning& warning : warnings) {
    json.begin_object();
    json.key("code").value(warning.code);
    json.key("message").value(warning.message);
    json.end_object();
  }
  json.end_array();
}

void put(json_writer& json, std::string_view key, const std::optional<double>& x) {
  json.key(key);
  if (x)
    json.value(*x);
  else
    json.null();
}

void put(json_writer& json, std::string_view key, const std::optional<interval>& bounds) {
  json.key(key);
  if (bounds)
    json.begin_array().value(bounds->lower).value(bounds->upper).end_array();
  else
    json.null();
}

void put_interval(json_writer& json, const interval_estimate& e) {
  put(json, "interval", e.bounds);
  json.key("method");
  if (e.bounds)
    json.value(e.method);
  else
    json.null();
}

void put_reasons(json_writer& json, std::initializer_list<std::pair<const char*, const std::string*>> figures) {
  bool open = false;
  for (const auto& [name, reason] : figures) {
    if (reason->empty()) continue;
    if (!std::exchange(open, true)) json.key("reasons").begin_object();
    json.key(name).value(*reason);
  }
  if (open) json.end_object();
}

void put_skipped(json_writer& json, const row_counts& counts) {
  json.key("skipped").begin_object();
  for (std::size_t i = 0; i < row_problem_count; ++i)
    if (counts.skipped[i] > 0) json.key(name_of(static_cast<row_problem>(i))).value(counts.skipped[i]);
  json.end_object();
}

void put_metric_options(json_writer& json, const metric_options& options) {
  put(json, "norm", options.norm);
  json.key("top_k").value(std::uint64_t{options.top_k});
  put(json, "min_probability", options.min_probability);
  put(json, "coverage", options.coverage);
  put(json, "risk", options.risk);
  put(json, "threshold", options.threshold);
}

}  // namespace calibrant::io
