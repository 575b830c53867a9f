#pragma once

#include <string>

#include <calibrant/evaluation/evaluation.hpp>

namespace calibrant {

/// How a result came about, for the record.
struct evaluation_provenance {
  std::string command;  ///< the command line as typed, or what stands for it
  std::string simd;     ///< the instruction set that was used
};

/// The result as JSON of schema "calibrant/evaluation/1" (docs/formats/evaluation.md), with a line break at the end.
/// Numbers are the shortest text that reads back as the same double. A value that is not defined is null beside its
/// `reason`; other absent figures of a metric are null with their reasons under `reasons`. Up to 100 classes
/// `reliability.classes` holds arrays of bins; above, only when the evaluation has them, one array per quantity. Equal
/// evaluations give equal bytes. Complexity O(groups x K B).
[[nodiscard]] std::string evaluation_json(const evaluation& result, const evaluation_provenance& provenance);

/// JSON Schema (draft 2020-12) of that JSON, made from the catalogue, with a line break at the end.
[[nodiscard]] std::string evaluation_json_schema();

}  // namespace calibrant
