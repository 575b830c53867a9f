// The state decoder: the input as it is, and with a checksum that fits what it holds, so that the checks behind the
// checksum are reached too.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <calibrant/evaluation/evaluation.hpp>
#include <calibrant/io/evaluation_json.hpp>
#include <calibrant/io/state_file.hpp>

#include "fuzz/expectations.hpp"
#include "io/detail/safetensors.hpp"

namespace calibrant::fuzz {
namespace {

std::string checksummed(std::string_view bytes) {
  io::tensor_file file = io::decode_tensors(bytes, "input");
  require(io::encode_tensors(file) == bytes, "a container that is accepted and written otherwise");
  file.metadata["sha256"] = io::checksum(file.metadata["state"], file.tensors);
  return io::encode_tensors(file);
}

}  // namespace
}  // namespace calibrant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // What passes the checksum was written by encode_state, so it is whole and can be shown.
  fuzz::accepted([&] {
    const evaluation_state state = decode_state(bytes, "input");
    fuzz::require(encode_state(state) == bytes, "a state that is accepted and written otherwise");
    fuzz::require(!evaluation_json(evaluate(state), {}).empty(), "an empty result");
  });
  fuzz::accepted([&] {
    const std::string forged = fuzz::checksummed(bytes);
    fuzz::require(encode_state(decode_state(forged, "input")) == forged, "a forged state that is written otherwise");
  });
  return 0;
}
