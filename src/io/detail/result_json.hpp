#pragma once

#include <span>

#include <calibrant/evaluation/warnings.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/json_writer.hpp>

namespace calibrant::io {

/// "calibrant": version, instruction set and command line that made a result.
void put_provenance(json_writer& json, const evaluation_provenance& provenance);

/// "warnings": code and message of each.
void put_warnings(json_writer& json, std::span<const evaluation_warning> warnings);

}  // namespace calibrant::io
