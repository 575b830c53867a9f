#pragma once

#include <string>
#include <string_view>

#include <calibrant/evaluation/calibration_model.hpp>

namespace calibrant {

/// The bytes of a model file, version 1 (docs/formats/model.md): a safetensors container. Equal models give equal
/// bytes, and a model that is read gives the very probabilities of the one that was written.
[[nodiscard]] std::string encode_model(const calibration_model& model);

/// The model in `bytes`; `name` stands in messages. Any damage throws error (malformed_input) with the reason; a newer
/// version, or a method that this version does not know, throws error (unsupported).
[[nodiscard]] calibration_model decode_model(std::string_view bytes, const std::string& name);

/// Writes all or nothing. Throws error (unwritable_output).
void write_model(const std::string& path, const calibration_model& model);

/// Throws like decode_model, and error (missing_input) if the file cannot be read.
[[nodiscard]] calibration_model read_model(const std::string& path);

/// What the file says of the model as JSON, without its parameters.
[[nodiscard]] std::string model_description(const calibration_model& model);

/// Whether the file says of itself that it is a model. Throws error (missing_input) if it cannot be read.
[[nodiscard]] bool is_model_file(const std::string& path);

}  // namespace calibrant
