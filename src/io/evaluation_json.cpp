#include <calibrant/io/evaluation_json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <calibrant/io/json_writer.hpp>
#include <calibrant/version.hpp>

#include "io/detail/result_json.hpp"
#include "io/detail/row_record.hpp"

namespace calibrant {
namespace {

/// Above this a diagram per class is written as columns: K x B objects would be mostly keys.
constexpr std::size_t most_classes_as_objects = 100;

using io::put;

void put_text(json_writer& json, std::string_view key, std::string_view text) {
  json.key(key);
  json.value(text);
}

/// The reasons of figures that are absent although the metric has a value.
void put_reasons(json_writer& json, const estimate& e) {
  const std::pair<const char*, const std::string*> figures[] = {
      {"interval", &e.uncertainty.reason},
      {"expected_if_calibrated", &e.expected_if_calibrated.reason},
      {"p_value", &e.p_value.reason}};
  bool open = false;
  for (const auto& [name, reason] : figures) {
    if (reason->empty()) continue;
    if (!std::exchange(open, true)) {
      json.key("reasons");
      json.begin_object();
    }
    put_text(json, name, *reason);
  }
  if (open) json.end_object();
}

void put_method(json_writer& json, const interval_estimate& e) {
  json.key("method");
  if (e.bounds)
    json.value(e.method);
  else
    json.null();
}

void put_bootstrap(json_writer& json, const bootstrap_estimate& b) {
  json.key("bootstrap");
  json.begin_object();
  put(json, "standard_error", b.standard_error.value);
  put(json, "interval", b.uncertainty.bounds);
  put_method(json, b.uncertainty);
  json.key("without_value").value(std::uint64_t{b.without_value});
  if (!b.uncertainty.bounds) put_text(json, "reason", b.uncertainty.reason);
  json.end_object();
}

void put_metric(json_writer& json, const panel_metric& m, confidence_level level) {
  const estimate& e = m.result;
  json.key(m.entry->name);
  json.begin_object();
  put(json, "value", e.value.value);
  put(json, "interval", e.uncertainty.bounds);
  put(json, "level", level.level());
  put_method(json, e.uncertainty);
  put(json, "expected_if_calibrated", e.expected_if_calibrated.value);
  put(json, "p_value", e.p_value.value);
  put_text(json, "units", m.entry->units);
  if (!e.value.value)
    put_text(json, "reason", e.value.reason);
  else
    put_reasons(json, e);
  if (m.bootstrap) put_bootstrap(json, *m.bootstrap);
  if (!e.details.empty()) {
    json.key("details");
    json.begin_object();
    for (const auto& [name, x] : e.details) put(json, name, x);
    json.end_object();
  }
  json.end_object();
}

void put_bins(json_writer& json, std::span<const reliability_bin> bins) {
  json.begin_array();
  for (const reliability_bin& bin : bins) {
    json.begin_object();
    put(json, "lower", bin.lower);
    put(json, "upper", bin.upper);
    put(json, "count", bin.count);
    put(json, "confidence", bin.confidence);
    put(json, "accuracy", bin.accuracy);
    put(json, "interval", bin.bounds);
    json.end_object();
  }
  json.end_array();
}

/// One array per quantity. All bins share the edges of the top label's diagram.
void put_columns(json_writer& json, std::span<const reliability_bin> bins) {
  const auto column = [&](std::string_view key, auto&& quantity) {
    json.key(key);
    json.begin_array();
    for (const reliability_bin& bin : bins) {
      const std::optional<double> x = quantity(bin);
      if (x)
        json.value(*x);
      else
        json.null();
    }
    json.end_array();
  };
  using optional = std::optional<double>;
  column("count", [](const reliability_bin& bin) { return optional(bin.count); });
  column("confidence", [](const reliability_bin& bin) { return bin.confidence; });
  column("accuracy", [](const reliability_bin& bin) { return bin.accuracy; });
  column("interval_lower",
         [](const reliability_bin& bin) { return bin.bounds ? optional(bin.bounds->lower) : optional(); });
  column("interval_upper",
         [](const reliability_bin& bin) { return bin.bounds ? optional(bin.bounds->upper) : optional(); });
}

void put_class(json_writer& json, const std::string& name, const class_row& row) {
  json.begin_object();
  put_text(json, "name", name);
  put(json, "rows", row.rows);
  put(json, "prevalence", row.prevalence);
  put(json, "mean_probability", row.mean_probability);
  put(json, "predicted", row.predicted);
  put(json, "precision", row.precision);
  put(json, "mean_confidence", row.mean_confidence);
  put(json, "calibration_error", row.calibration_error);
  put(json, "interval", row.uncertainty.bounds);
  json.end_object();
}

/// The keys that a panel has, at the top level and in each group.
void put_panel(json_writer& json, const panel& shown, const evaluation& result) {
  const class_names& classes = result.config.classes;
  put_text(json, "headline", shown.headline);
  put(json, "weight", shown.weight);
  json.key("metrics");
  json.begin_object();
  for (const panel_metric& m : shown.metrics) put_metric(json, m, result.options.metric.level);
  json.end_object();

  json.key("reliability");
  json.begin_object();
  json.key("top_label");
  put_bins(json, shown.top_label);
  json.key("classes");
  json.begin_array();
  for (std::size_t k = 0; k < shown.class_reliability.size(); ++k) {
    json.begin_object();
    put_text(json, "name", classes[k]);
    if (classes.size() <= most_classes_as_objects) {
      json.key("bins");
      put_bins(json, shown.class_reliability[k]);
    } else {
      put_columns(json, shown.class_reliability[k]);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();

  json.key("per_class");
  json.begin_array();
  for (std::size_t k = 0; k < shown.per_class.size(); ++k) put_class(json, classes[k], shown.per_class[k]);
  json.end_array();

  io::put_warnings(json, shown.warnings);
}

void put_data(json_writer& json, const evaluation& result) {
  const evaluation_config& config = result.config;
  json.key("data");
  json.begin_object();
  json.key("rows");
  json.value(result.counts.measured);
  json.key("classes");
  json.value(std::uint64_t{config.classes.size()});
  json.key("class_names");
  json.begin_array();
  for (const std::string& name : config.classes.names()) json.value(name);
  json.end_array();
  put_text(json, "input", name_of(config.kind));
  json.key("sources");
  io::write_sources(json, result.sources);
  io::put_skipped(json, result.counts);
  json.key("weights");
  json.value(result.weighted);
  json.key("soft_labels");
  json.value(result.counts.soft_labels);
  json.end_object();
}

void put_options(json_writer& json, const evaluation& result) {
  json.key("options");
  json.begin_object();
  json.key("bins");
  const std::optional<peer_choice>& peer = result.config.peer;
  json.value(std::uint64_t{peer ? peer->bins : result.config.bins});
  put_text(json, "binning", "width");
  put_text(json, "edges", peer ? peer->entry->bin_text : "lower-closed");
  json.key("peer");
  if (peer)
    json.value(peer->entry->name);
  else
    json.null();
  put(json, "level", result.options.metric.level.level());
  json.key("seed").value(result.options.metric.seed);
  json.key("draws").value(std::uint64_t{result.options.metric.draws});
  json.key("bootstrap").value(std::uint64_t{result.options.bootstrap});
  put_text(json, "weight_kind", name_of(result.config.weights));
  put(json, "log_floor", result.config.log_floor);
  json.key("exact_rows").value(result.config.exact_rows);
  io::put_metric_options(json, result.options.metric);
  json.end_object();
}

}  // namespace

std::string evaluation_json(const evaluation& result, const evaluation_provenance& provenance) {
  json_writer json;
  json.begin_object();
  put_text(json, "schema", "calibrant/evaluation/1");
  json.key("calibrant");
  json.begin_object();
  put_text(json, "version", version_string);
  put_text(json, "simd", provenance.simd);
  put_text(json, "command", provenance.command);
  json.end_object();
  put_data(json, result);
  put_options(json, result);
  put_panel(json, result.total, result);
  json.key("groups");
  json.begin_object();
  for (const auto& [name, group] : result.groups) {
    json.key(name);
    json.begin_object();
    put_panel(json, group, result);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  return json.text() + '\n';
}

}  // namespace calibrant
