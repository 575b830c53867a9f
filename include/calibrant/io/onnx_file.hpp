#pragma once

#include <string>

#include <calibrant/evaluation/calibration_model.hpp>

namespace calibrant {

/// An ONNX model (IR version 8, opset 17) that computes what the model does, in float32: one input "scores" (N x K),
/// one output "probabilities" (N x K). It knows neither bad rows nor class names; its metadata hold the names as JSON.
/// Throws error (unsupported) with the reason where standard operators cannot express the method exactly.
[[nodiscard]] std::string encode_onnx(const calibration_model& model);

/// Writes all or nothing. Throws error (unsupported, unwritable_output).
void write_onnx(const std::string& path, const calibration_model& model);

}  // namespace calibrant
