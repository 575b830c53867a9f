// JSON texts: any bytes give JSON that parses, and valid UTF-8 comes back as it was.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>
#include <calibrant/io/json_writer.hpp>

#include "fuzz/expectations.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using calibrant::fuzz::require;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  calibrant::json_writer json;
  json.begin_object();
  json.key(bytes).value(bytes);
  json.end_object();
  static simdjson::dom::parser parser;
  simdjson::dom::object object;
  require(parser.parse(json.text()).get(object) == simdjson::SUCCESS, "JSON that does not parse");
  for (const auto [key, value] : object) {
    std::string_view text;
    require(value.get(text) == simdjson::SUCCESS, "a text that is none");
    require(key == text, "a key and a text that differ");
    if (simdjson::validate_utf8(bytes.data(), bytes.size())) require(text == bytes, "UTF-8 that changed");
  }
  return 0;
}
