#pragma once

#include <string>

#include <calibrant/evaluation/state_diff.hpp>
#include <calibrant/io/evaluation_json.hpp>

namespace calibrant {

/// The result as JSON of schema "calibrant/diff/1" (docs/formats/diff.md), with a line break at the end. Numbers are
/// the shortest text that reads back as the same double; an absent figure is null beside its reason. Equal results give
/// equal bytes.
[[nodiscard]] std::string state_diff_json(const state_diff& result, const evaluation_provenance& provenance);

}  // namespace calibrant
