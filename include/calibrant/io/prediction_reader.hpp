#pragma once

#include <memory>

#include <calibrant/evaluation/batch_source.hpp>
#include <calibrant/io/input_options.hpp>

namespace calibrant {

/// Opens predictions in files of any format that docs/formats/predictions.md lists (by extension; shards may differ if
/// they give the same classes) and checks everything that can be known before the first row: kind declared, files,
/// columns, class names, element types. Rows stream in batches; peak memory does not depend on their number. Throws
/// error (undeclared_input, missing_input, malformed_input, shape_mismatch, invalid_classes, invalid_labels,
/// unsupported).
[[nodiscard]] std::unique_ptr<batch_source> open_predictions(const input_options& options);

}  // namespace calibrant
