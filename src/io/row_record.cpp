#include "io/detail/row_record.hpp"

#include <string>
#include <utility>

#include <calibrant/core/error.hpp>

namespace calibrant::io {
namespace {

// The numbers of row_counts besides `skipped`, by name, for writing and reading alike.
template <class Counts, class Visit>
void visit_counts(Counts& counts, Visit&& visit) {
  visit("measured", counts.measured);
  visit("zero_weight", counts.zero_weight);
  visit("clipped", counts.clipped);
  visit("loosely_normalized", counts.loosely_normalized);
  visit("renormalized", counts.renormalized);
}

}  // namespace

void write_counts(json_writer& json, const row_counts& counts) {
  json.begin_object();
  visit_counts(counts, [&](const char* key, std::uint64_t count) { json.key(key).value(count); });
  if (counts.soft_labels > 0) json.key("soft_labels").value(counts.soft_labels);
  json.key("skipped").begin_object();
  for (std::size_t i = 0; i < row_problem_count; ++i)
    json.key(name_of(static_cast<row_problem>(i))).value(counts.skipped[i]);
  json.end_object();
  json.end_object();
}

row_counts read_counts(simdjson::dom::element rows) {
  row_counts counts;
  visit_counts(counts, [&](const char* key, std::uint64_t& count) { count = std::uint64_t(rows[key]); });
  if (std::uint64_t soft = 0; rows["soft_labels"].get(soft) == simdjson::SUCCESS) counts.soft_labels = soft;
  for (std::size_t i = 0; i < row_problem_count; ++i)
    counts.skipped[i] = std::uint64_t(rows["skipped"][name_of(static_cast<row_problem>(i))]);
  return counts;
}

void write_sources(json_writer& json, const std::vector<source_info>& sources) {
  json.begin_array();
  for (const source_info& source : sources) {
    json.begin_object();
    json.key("path").value(source.path);
    json.key("rows").value(source.rows);
    json.key("sha256");
    if (source.sha256)
      json.value(*source.sha256);
    else
      json.null();
    json.end_object();
  }
  json.end_array();
}

std::vector<source_info> read_sources(simdjson::dom::element sources) {
  std::vector<source_info> all;
  for (const simdjson::dom::element source : simdjson::dom::array(sources)) {
    source_info info{.path = std::string(std::string_view(source["path"])),
                     .rows = std::uint64_t(source["rows"]),
                     .sha256 = std::nullopt};
    if (!source["sha256"].is_null()) info.sha256 = std::string(std::string_view(source["sha256"]));
    all.push_back(std::move(info));
  }
  return all;
}

score_kind kind_named(std::string_view name) {
  for (const score_kind kind : {score_kind::probabilities, score_kind::logits, score_kind::top_label})
    if (name == name_of(kind)) return kind;
  throw error(error_code::malformed_input, "its kind of scores is unknown");
}

}  // namespace calibrant::io
