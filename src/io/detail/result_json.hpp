#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <calibrant/evaluation/warnings.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/json_writer.hpp>

namespace calibrant::io {

/// "calibrant": version, instruction set and command line that made a result.
void put_provenance(json_writer& json, const evaluation_provenance& provenance);

/// "warnings": code and message of each.
void put_warnings(json_writer& json, std::span<const evaluation_warning> warnings);

/// The number, or null.
void put(json_writer& json, std::string_view key, const std::optional<double>& x);

/// [lower, upper], or null.
void put(json_writer& json, std::string_view key, const std::optional<interval>& bounds);

/// "interval" as [lower, upper] or null, and "method", null without bounds.
void put_interval(json_writer& json, const interval_estimate& e);

/// "reasons": why each figure that is null has no value; left out if all have one.
void put_reasons(json_writer& json, std::initializer_list<std::pair<const char*, const std::string*>> figures);

/// "skipped": how many rows were left out, by reason.
void put_skipped(json_writer& json, const row_counts& counts);

/// The options of single metrics.
void put_metric_options(json_writer& json, const metric_options& options);

}  // namespace calibrant::io
