#pragma once

#include <string>
#include <string_view>

#include <calibrant/evaluation/evaluation_state.hpp>

namespace calibrant {

/// The bytes of a state file (docs/formats/state.md), of the oldest version that can hold it: a safetensors container.
/// Equal states give equal bytes. Rows and pairs of rows, which no file holds, are left out. Throws error
/// (invalid_argument) on a state with a peer.
[[nodiscard]] std::string encode_state(const evaluation_state& state);

/// Whether a state file holds all that the state measured.
[[nodiscard]] bool fits_state_file(const evaluation_state& state);

/// The state in `bytes`; `name` stands in messages. Any damage throws error (malformed_input) with the byte offset and
/// the reason; a newer version throws error (unsupported).
[[nodiscard]] evaluation_state decode_state(std::string_view bytes, const std::string& name);

/// Writes all or nothing. Throws error (unwritable_output).
void write_state(const std::string& path, const evaluation_state& state);

/// Throws like decode_state, and error (missing_input) if the file cannot be read.
[[nodiscard]] evaluation_state read_state(const std::string& path);

}  // namespace calibrant
