#include "python/bindings/measurement.hpp"

#include <calibrant/core/error.hpp>
#include <calibrant/metrics/peers/peer_catalog.hpp>

namespace calibrant::python {
namespace {

[[noreturn]] void refuse(const std::string& argument, const std::string& got, const std::string& expected) {
  throw error(error_code::invalid_argument, argument + ": got \"" + got + "\", expected " + expected);
}

}  // namespace

score_kind kind_of(const settings& options) {
  for (const score_kind kind : {score_kind::probabilities, score_kind::logits, score_kind::top_label})
    if (options.kind == name_of(kind)) return kind;
  refuse("kind", options.kind, "probabilities, logits or top_label");
}

evaluation_options evaluation_options_of(const settings& options) {
  evaluation_options result;
  const auto set = [](auto& to, const auto& from) {
    if (from) to = *from;
  };
  if (options.level) result.metric.level = confidence_level(*options.level);
  set(result.metric.norm, options.norm);
  set(result.metric.top_k, options.top_k);
  set(result.metric.min_probability, options.min_probability);
  set(result.metric.coverage, options.coverage);
  set(result.metric.risk, options.risk);
  set(result.metric.threshold, options.threshold);
  set(result.metric.seed, options.seed);
  set(result.metric.draws, options.draws);
  set(result.bootstrap, options.bootstrap);
  set(result.metrics, options.metrics);
  result.per_class_reliability = options.per_class_reliability;
  return result;
}

evaluation_config config_of(const settings& options, class_names classes) {
  evaluation_config config{.classes = std::move(classes), .kind = kind_of(options), .log_floor = options.log_floor};
  const std::size_t K = config.classes.size();
  config.parts = parts_needed(evaluation_options_of(options), K);
  if (options.whole_panel) config.parts = config.parts | parts_needed({}, K) | panel_part::ranks;
  config.bins = options.bins;
  if (options.exact_rows) config.exact_rows = *options.exact_rows;
  if (options.peer) {
    const peer_entry* const peer = find_peer(*options.peer);
    if (peer == nullptr) refuse("peer", *options.peer, "a name that calibrant metrics --peers lists");
    measure_for_peer(config, *peer, options.bins, evaluation_options_of(options).metrics);
  }
  if (options.weight_kind == name_of(weight_kind::importance))
    config.weights = weight_kind::importance;
  else if (options.weight_kind != name_of(weight_kind::frequency))
    refuse("weight_kind", options.weight_kind, "frequency or importance");
  return config;
}

pass_options pass_options_of(const settings& options) {
  if (options.on_invalid != "error" && options.on_invalid != "skip")
    refuse("on_invalid", options.on_invalid, "error or skip");
  return {.on_invalid = options.on_invalid == "skip" ? invalid_policy::skip : invalid_policy::error,
          .renormalize = options.renormalize};
}

row_problems refused_labels(const vector_of<std::int32_t>& labels, const std::string& complaint) {
  row_problems refused;
  if (!complaint.empty())
    for (std::size_t i = 0; i < labels.shape(0); ++i)
      if (labels.data()[i] == refused_label) refused.record(row_problem::unknown_label, 0, i, complaint);
  return refused;
}

}  // namespace calibrant::python
