#pragma once

#include <string_view>
#include <vector>

#include <simdjson.h>
#include <calibrant/evaluation/evaluation_state.hpp>
#include <calibrant/io/json_writer.hpp>

namespace calibrant::io {

// Where rows came from and what happened to them, as the descriptions of state and model files say it. What reads
// throws simdjson::simdjson_error where something is absent or of another kind.

void write_counts(json_writer& json, const row_counts& counts);
[[nodiscard]] row_counts read_counts(simdjson::dom::element rows);

void write_sources(json_writer& json, const std::vector<source_info>& sources);
[[nodiscard]] std::vector<source_info> read_sources(simdjson::dom::element sources);

/// Throws error (malformed_input) where there is no such kind.
[[nodiscard]] score_kind kind_named(std::string_view name);

}  // namespace calibrant::io
