#pragma once

#include <string>

#include <calibrant/evaluation/comparison.hpp>
#include <calibrant/io/evaluation_json.hpp>

namespace calibrant {

/// The result as JSON of schema "calibrant/comparison/1" (docs/formats/comparison.md), with a line break at the end.
/// Numbers are the shortest text that reads back as the same double; an absent figure is null beside its reason. Equal
/// comparisons give equal bytes.
[[nodiscard]] std::string comparison_json(const comparison& result, const evaluation_provenance& provenance);

}  // namespace calibrant
