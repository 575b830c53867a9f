#include "io/detail/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <simdjson.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/json_writer.hpp>
#include <calibrant/io/sha256.hpp>

namespace calibrant::io {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor bytes are copied as they are");

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // the limit of the safetensors format

[[noreturn]] void refuse(const std::string& name, std::uint64_t offset, const std::string& reason) {
  throw error(error_code::malformed_input,
              fmt::format("{}: damaged at byte {}: {}; make the file again", name, offset, reason));
}

std::string header_of(const tensor_file& file) {
  std::string header = "{\"__metadata__\":{";
  const char* comma = "";
  for (const auto& [key, text] : file.metadata) {
    header += comma + json_string(key) + ":" + json_string(text);
    comma = ",";
  }
  header += '}';
  std::size_t offset = 0;
  for (const tensor& t : file.tensors) {
    header += fmt::format(",{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}", json_string(t.name),
                          t.type == tensor_type::i64 ? "I64" : "F64", fmt::join(t.shape, ","), offset,
                          offset + t.bytes.size());
    offset += t.bytes.size();
  }
  header += '}';
  header.append((8 - header.size() % 8) % 8, ' ');
  return header;
}

tensor read_tensor(std::string_view key, simdjson::dom::element description, std::string_view payload) {
  tensor t{.name = std::string(key), .type = tensor_type::i64, .shape = {}, .bytes = {}};
  const std::string_view type = description["dtype"];
  if (type == "F64")
    t.type = tensor_type::f64;
  else if (type != "I64")
    throw std::string("tensor \"" + t.name + "\" has an unknown type");
  std::size_t words = 1;
  for (const simdjson::dom::element extent : simdjson::dom::array(description["shape"])) {
    t.shape.push_back(static_cast<std::size_t>(std::uint64_t(extent)));
    if (__builtin_mul_overflow(words, t.shape.back(), &words))
      throw std::string("the shape of tensor \"" + t.name + "\" is too large");
  }
  const simdjson::dom::array offsets = description["data_offsets"];
  const std::uint64_t begin = offsets.at(0);
  const std::uint64_t end = offsets.at(1);
  if (begin > end || end > payload.size() || (end - begin) % 8 != 0 || (end - begin) / 8 != words)
    throw std::string("the offsets of tensor \"" + t.name + "\" do not fit its shape and the file");
  t.bytes = payload.substr(begin, end - begin);
  return t;
}

}  // namespace

std::string encode_tensors(const tensor_file& file) {
  const std::string header = header_of(file);
  std::size_t size = length_bytes + header.size();
  for (const tensor& t : file.tensors) size += t.bytes.size();
  std::string bytes;
  bytes.reserve(size);
  const std::uint64_t length = header.size();
  bytes.append(reinterpret_cast<const char*>(&length), length_bytes);
  bytes += header;
  for (const tensor& t : file.tensors) bytes += t.bytes;
  return bytes;
}

tensor_file decode_tensors(std::string_view bytes, const std::string& name) {
  if (bytes.size() < length_bytes) refuse(name, bytes.size(), "the file ends inside its first 8 bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  if (length > longest_header || length > bytes.size() - length_bytes)
    refuse(name, 0,
           fmt::format("a header of {} bytes does not fit a file of {}, so it is cut short or no file of Calibrant",
                       length, bytes.size()));
  const std::string_view header = bytes.substr(length_bytes, length);
  const std::string_view payload = bytes.substr(length_bytes + length);

  tensor_file file;
  try {
    simdjson::dom::parser parser;
    for (const auto [key, description] : simdjson::dom::object(parser.parse(header.data(), header.size()))) {
      if (key != "__metadata__") {
        file.tensors.push_back(read_tensor(key, description, payload));
        continue;
      }
      for (const auto [text_key, text] : simdjson::dom::object(description))
        file.metadata.emplace(text_key, std::string_view(text));
    }
  } catch (const simdjson::simdjson_error& problem) {
    refuse(name, length_bytes, fmt::format("the header is not the expected JSON ({})", problem.what()));
  } catch (const std::string& reason) {
    refuse(name, length_bytes, reason);
  }
  // Whatever the header says beyond its meaning (blanks, repeated keys, order, overlaps) shows when it is written
  // again.
  const std::string canonical = header_of(file);
  if (header != canonical) {
    const auto difference = std::mismatch(header.begin(), header.end(), canonical.begin(), canonical.end()).first;
    refuse(name, length_bytes + static_cast<std::uint64_t>(difference - header.begin()),
           "the header is not in canonical form");
  }
  const std::size_t used = file.tensors.empty()
                               ? 0
                               : static_cast<std::size_t>(file.tensors.back().bytes.data() +
                                                          file.tensors.back().bytes.size() - payload.data());
  if (used != payload.size())
    refuse(name, length_bytes + length + used, fmt::format("{} bytes follow the last tensor", payload.size() - used));
  return file;
}

std::string checksum(std::string_view description, const std::vector<tensor>& tensors) {
  sha256 hash;
  hash.update(std::as_bytes(std::span(description)));
  for (const tensor& t : tensors) hash.update(std::as_bytes(std::span(t.bytes)));
  return hash.finish();
}

}  // namespace calibrant::io
