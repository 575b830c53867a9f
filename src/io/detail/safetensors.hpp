#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace calibrant::io {

enum class tensor_type { i64, f64 };

/// One tensor of 8-byte words; its bytes are a view of somebody else's memory.
struct tensor {
  std::string name;
  tensor_type type = tensor_type::i64;
  std::vector<std::size_t> shape;
  std::string_view bytes;
};

/// A safetensors container: texts by key, then tensors in file order.
struct tensor_file {
  std::map<std::string, std::string> metadata;
  std::vector<tensor> tensors;
};

/// Canonical bytes: metadata in key order, tensors in the order given and contiguous, the header padded with spaces to
/// a multiple of 8.
[[nodiscard]] std::string encode_tensors(const tensor_file& file);

/// Reads a container that `encode_tensors` could have written, byte for byte; tensor bytes are views into `bytes`.
/// Everything else throws error (malformed_input) with the offset and the reason; `name` is the file.
[[nodiscard]] tensor_file decode_tensors(std::string_view bytes, const std::string& name);

/// SHA-256 of a description followed by the bytes of all tensors, lower-case hex.
[[nodiscard]] std::string checksum(std::string_view description, const std::vector<tensor>& tensors);

}  // namespace calibrant::io
