#pragma once

#include <string>

#include <calibrant/evaluation/gate.hpp>
#include <calibrant/io/evaluation_json.hpp>

namespace calibrant {

/// The result as JSON of schema "calibrant/check/1" (docs/formats/check.md), with a line break at the end. Numbers are
/// the shortest text that reads back as the same double; an absent figure is null beside its reason. Equal results give
/// equal bytes.
[[nodiscard]] std::string gate_json(const gate_result& result, const evaluation_provenance& provenance);

}  // namespace calibrant
