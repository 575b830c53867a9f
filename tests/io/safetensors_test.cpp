#include "io/detail/safetensors.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "support/npy_bytes.hpp"
#include "support/refusal.hpp"

namespace calibrant::testing {
namespace {

using io::decode_tensors;
using io::tensor_file;
using io::tensor_type;

/// A container with this header, as it stands, and payload.
std::string container(const std::string& header, const std::string& payload = "") {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + payload;
}

/// The header padded as the canonical form has it.
std::string padded(std::string header) {
  header.append((8 - header.size() % 8) % 8, ' ');
  return header;
}

refusal decoding(const std::string& bytes) {
  return refusal_of([&] { return decode_tensors(bytes, "x.cstate"); });
}

TEST(Safetensors, TheCanonicalBytes) {
  const std::string numbers = raw(std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
  const std::string reals = raw(std::vector<double>{0.5});
  tensor_file file;
  file.metadata = {{"b", "\"quoted\""}, {"a", "first"}};
  file.tensors = {{.name = "t1", .type = tensor_type::i64, .shape = {2, 3}, .bytes = numbers},
                  {.name = "t0", .type = tensor_type::f64, .shape = {1}, .bytes = reals}};
  const std::string header = padded(
      R"({"__metadata__":{"a":"first","b":"\"quoted\""},"t1":{"dtype":"I64","shape":[2,3],"data_offsets":[0,48]},)"
      R"("t0":{"dtype":"F64","shape":[1],"data_offsets":[48,56]}})");
  const std::string bytes = io::encode_tensors(file);
  EXPECT_EQ(bytes, container(header, numbers + reals));

  const tensor_file back = decode_tensors(bytes, "x");
  EXPECT_EQ(back.metadata, file.metadata);
  ASSERT_EQ(back.tensors.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(back.tensors[i].name, file.tensors[i].name);
    EXPECT_EQ(back.tensors[i].type, file.tensors[i].type);
    EXPECT_EQ(back.tensors[i].shape, file.tensors[i].shape);
    EXPECT_EQ(back.tensors[i].bytes, file.tensors[i].bytes);
  }
  EXPECT_EQ(io::encode_tensors(back), bytes);
}

TEST(Safetensors, NothingIsAFileToo) {
  EXPECT_EQ(io::encode_tensors({}), container("{\"__metadata__\":{}}     "));
  EXPECT_TRUE(decode_tensors(io::encode_tensors({}), "x").tensors.empty());
}

TEST(Safetensors, RefusesLengthsThatDoNotFit) {
  constexpr error_code code = error_code::malformed_input;
  for (std::size_t length = 0; length < 8; ++length)
    EXPECT_THAT(decoding(std::string(length, 'x')),
                says(code, "x.cstate: damaged at byte " + std::to_string(length), "ends inside its first 8 bytes"));
  EXPECT_THAT(decoding(std::string("\x01\0\0\0\0\0\0\0", 8)),
              says(code, "damaged at byte 0", "does not fit a file of 8"));
  EXPECT_THAT(decoding(std::string(8, '\xff') + "{}"), says(code, "damaged at byte 0", "does not fit"));
}

TEST(Safetensors, RefusesHeadersInAnyOtherForm) {
  constexpr error_code code = error_code::malformed_input;
  const std::string eight(8, 'x');
  const std::string meta = R"({"__metadata__":{})";
  const auto tensor = [&](const std::string& description) {
    return decoding(container(padded(meta + ",\"t\":" + description + "}"), eight));
  };
  ASSERT_EQ(tensor(R"({"dtype":"I64","shape":[1],"data_offsets":[0,8]})").code, std::nullopt);
  EXPECT_THAT(tensor(R"({"dtype":"F32","shape":[1],"data_offsets":[0,8]})"),
              says(code, "byte 8", "\"t\" has an unknown type"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[2],"data_offsets":[0,8]})"), says(code, "do not fit its shape"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[1],"data_offsets":[8,16]})"), says(code, "do not fit"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[1],"data_offsets":[8,0]})"), says(code, "do not fit"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[1],"data_offsets":[0]})"), says(code, "not the expected JSON"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[1],"data_offsets":[0,8,9]})"), says(code, "not in canonical form"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[1.0],"data_offsets":[0,8]})"), says(code, "not the expected JSON"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[-1],"data_offsets":[0,8]})"), says(code, "not the expected JSON"));
  EXPECT_THAT(tensor(R"({"dtype":"I64","shape":[4294967296,4294967296],"data_offsets":[0,8]})"),
              says(code, "too large"));
  EXPECT_THAT(tensor(R"({"shape":[1],"data_offsets":[0,8]})"), says(code, "not the expected JSON"));
  EXPECT_THAT(tensor(R"({"dtype": "I64","shape":[1],"data_offsets":[0,8]})"), says(code, "not in canonical form"));
  EXPECT_THAT(tensor(R"({"shape":[1],"dtype":"I64","data_offsets":[0,8]})"), says(code, "not in canonical form"));

  EXPECT_THAT(decoding(container("not JSON")), says(code, "byte 8", "not the expected JSON"));
  EXPECT_THAT(decoding(container("[1,2,3] ")), says(code, "not the expected JSON"));
  EXPECT_THAT(decoding(container("{}      ")), says(code, "not in canonical form")) << "metadata is always written";
  EXPECT_THAT(decoding(container(R"({"__metadata__":{"a":1}})")), says(code, "not the expected JSON"));
  EXPECT_THAT(decoding(container(padded(R"({"__metadata__":{"a":"1","a":"1"}})"))),
              says(code, "not in canonical form"));
  EXPECT_THAT(decoding(container(padded(R"({"__metadata__":{"b":"1","a":"1"}})"))),
              says(code, "not in canonical form"));
  EXPECT_THAT(decoding(container(R"({"__metadata__":{}})")), says(code, "byte 27", "not in canonical form"))
      << "no padding";
  EXPECT_THAT(decoding(container(padded(R"({"__metadata__":{}})") + "        ")), says(code, "not in canonical form"));
}

TEST(Safetensors, RefusesOverlapsGapsAndLeftovers) {
  constexpr error_code code = error_code::malformed_input;
  const auto two = [](const std::string& first, const std::string& second) {
    return padded(R"({"__metadata__":{},"a":{"dtype":"I64","shape":[1],"data_offsets":)" + first +
                  R"(},"b":{"dtype":"I64","shape":[1],"data_offsets":)" + second + "}}");
  };
  const std::string payload(24, 'x');
  ASSERT_EQ(decoding(container(two("[0,8]", "[8,16]"), payload.substr(0, 16))).code, std::nullopt);
  EXPECT_THAT(decoding(container(two("[0,8]", "[0,8]"), payload.substr(0, 16))), says(code, "not in canonical form"));
  EXPECT_THAT(decoding(container(two("[0,8]", "[16,24]"), payload)), says(code, "not in canonical form"));
  EXPECT_THAT(decoding(container(two("[8,16]", "[0,8]"), payload.substr(0, 16))), says(code, "not in canonical form"));
  const std::string header = two("[0,8]", "[8,16]");
  EXPECT_THAT(
      decoding(container(header, payload)),
      says(code, "damaged at byte " + std::to_string(8 + header.size() + 16), "8 bytes follow the last tensor"));
  EXPECT_THAT(decoding(container(padded(R"({"__metadata__":{}})"), "x")), says(code, "1 bytes follow"));
}

}  // namespace
}  // namespace calibrant::testing
