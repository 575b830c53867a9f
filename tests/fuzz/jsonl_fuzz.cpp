// The reader of JSON lines: what it accepts is JSON for simdjson's document parser too, and goes through the pass.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "fuzz/measured_rows.hpp"
#include "fuzz/memory_file.hpp"
#include "io/detail/jsonl_lines.hpp"
#include "io/detail/score_columns.hpp"
#include "io/detail/table_file.hpp"

namespace calibrant::fuzz {
namespace {

constexpr std::size_t most_classes = 1000;

void read_predictions(const std::string& path, score_kind kind) {
  const auto table = io::open_jsonl(path, kind);
  input_options options;
  for (const std::string& column : table->columns()) {
    if (column == "w") options.weight = column;
    if (column == "g") options.group = column;
  }
  io::column_roles roles;
  io::find_key_columns(path, table->columns(), options, roles);
  const io::score_choice scores = io::choose_scores(path, *table, options);
  if (scores.count > most_classes) return;
  io::row_keys keys(io::resolve_classes(path, scores.count, scores.names, options), "");
  roles.scores = scores.columns;
  const auto rows = table->rows(roles, false);
  batch_buffers into;
  while (const std::size_t got = rows->read(3, into, keys)) into.rows += got;
  require(rows->bytes_read() == io::input_file(path).size(), "bytes that belong to no line");
  measure_rows(into, keys, kind);
}

/// The reader takes more than JSON only in numbers (NaN, Infinity, any size) and does not look at the escapes of texts
/// that it does not read.
void require_json(const std::string& path) {
  io::jsonl_lines lines(path);
  static simdjson::dom::parser parser;
  std::string_view line;
  while (lines.next(line)) {
    if (line.find_first_of("\\NI") != std::string_view::npos) continue;
    const simdjson::error_code problem = parser.parse(line.data(), line.size()).error();
    require(problem == simdjson::SUCCESS || problem == simdjson::NUMBER_ERROR, "a line that is no JSON was accepted");
  }
}

}  // namespace
}  // namespace calibrant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant;
  using namespace calibrant::fuzz;
  static memory_file file;
  file.fill(data, size);
  for (const score_kind kind : {score_kind::probabilities, score_kind::logits})
    if (accepted([&] { read_predictions(file.path(), kind); })) require_json(file.path());
  return 0;
}
