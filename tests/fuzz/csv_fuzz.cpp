// The reader of separated values: records against a plain writer, then the table as predictions.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/measured_rows.hpp"
#include "fuzz/memory_file.hpp"
#include "io/detail/csv_records.hpp"
#include "io/detail/table_file.hpp"

namespace calibrant::fuzz {
namespace {

using record_list = std::vector<std::vector<std::string>>;

record_list records_of(const std::string& path) {
  io::csv_records records(path, ',');
  record_list all;
  std::vector<std::string_view> cells;
  std::uint64_t line = 0;
  while (records.next(cells)) {
    require(!cells.empty(), "a record without a cell");
    require(records.line() > line, "lines that do not go forward");
    line = records.line();
    all.emplace_back(cells.begin(), cells.end());
  }
  require(records.offset() == records.file().size(), "bytes that belong to no record");
  return all;
}

/// Every cell in quotes, which leaves nothing to interpretation.
std::string written(const record_list& records) {
  std::string text;
  for (const auto& record : records) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : record[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += '\n';
  }
  return text;
}

/// As rows of confidences: the first column, with predictions and labels or with correctness in the last one.
void read_confidences(const std::string& path, bool with_classes) {
  const auto table = io::open_csv(path, ',');
  const std::size_t last = table->columns().size() - 1;
  io::column_roles roles;
  roles.scores = {0};
  roles.id = last;
  if (with_classes)
    roles.prediction = roles.label = last;
  else
    roles.correct = last;
  io::row_keys keys(with_classes ? class_names({"cat", "dog", "0"}) : class_names::none(), "");
  const auto rows = table->rows(roles, true);
  batch_buffers into;
  while (const std::size_t got = rows->read(3, into, keys)) into.rows += got;
  require(keys.ids().size() == into.rows, "rows and ids are not as many");
  measure_rows(into, keys, score_kind::top_label);
}

void read_predictions(const std::string& path) {
  const auto table = io::open_csv(path, ',');
  input_options options;
  for (const std::string& column : table->columns()) {
    if (column == "w") options.weight = column;
    if (column == "g") options.group = column;
    if (column.starts_with("q_")) options.soft_labels = "q_*";
  }
  io::column_roles roles;
  io::find_key_columns(path, table->columns(), options, roles);
  const io::score_selection selection = io::select_scores(path, table->columns(), options);
  io::row_keys keys(io::resolve_classes(path, selection.columns.size(), selection.names, options), "");
  roles.scores = selection.columns;
  if (options.soft_labels)
    roles.label_shares = io::select_label_shares(path, table->columns(), options, keys.classes());
  const auto rows = table->rows(roles, false);
  batch_buffers into;
  while (const std::size_t got = rows->read(3, into, keys)) into.rows += got;
  measure_rows(into, keys, score_kind::probabilities);
}

}  // namespace
}  // namespace calibrant::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace calibrant::fuzz;
  static memory_file file;
  file.fill(data, size);
  record_list records;
  if (accepted([&] { records = records_of(file.path()); })) {
    static memory_file again;
    const std::string text = written(records);
    again.fill(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    require(records_of(again.path()) == records, "records that change when they are written and read again");
  }
  accepted([] { read_predictions(file.path()); });
  for (const bool with_classes : {false, true}) accepted([&] { read_confidences(file.path(), with_classes); });
  return 0;
}
