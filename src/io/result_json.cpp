#include "io/detail/result_json.hpp"

#include <calibrant/version.hpp>

namespace calibrant::io {

void put_provenance(json_writer& json, const evaluation_provenance& provenance) {
  json.key("calibrant").begin_object();
  json.key("version").value(version_string);
  json.key("simd").value(provenance.simd);
  json.key("command").value(provenance.command);
  json.end_object();
}

void put_warnings(json_writer& json, std::span<const evaluation_warning> warnings) {
  json.key("warnings").begin_array();
  for (const evaluation_warning& warning : warnings) {
    json.begin_object();
    json.key("code").value(warning.code);
    json.key("message").value(warning.message);
    json.end_object();
  }
  json.end_array();
}

}  // namespace calibrant::io
