#include <algorithm>
#include <utility>

#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/properties.h>

#include "io/parquet_plugin/file_batches.hpp"

namespace calibrant::parquet_plugin {
namespace {

/// Reading through buffers keeps memory independent of the size of row groups. Each column has one, all together about
/// this much, but none is so small that reading it means a call for every page.
constexpr std::int64_t all_buffers = std::int64_t{64} << 20;
constexpr std::int64_t largest_buffer = std::int64_t{1} << 20;
constexpr std::int64_t smallest_buffer = std::int64_t{4} << 10;

using file_reader = std::unique_ptr<parquet::arrow::FileReader>;

arrow::Result<file_reader> open_file(const char* path, std::int64_t batch_rows, std::size_t columns) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  parquet::ReaderProperties storage;
  storage.enable_buffered_stream();
  storage.set_buffer_size(std::clamp(all_buffers / std::max<std::int64_t>(static_cast<std::int64_t>(columns), 1),
                                     smallest_buffer, largest_buffer));
  parquet::ArrowReaderProperties conversion(false);
  conversion.set_batch_size(batch_rows);
  conversion.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::move(file), storage));
  return builder.properties(conversion)->Build();
}

/// The columns of the file that hold the values of a field, which may be nested.
// NOLINTNEXTLINE(misc-no-recursion): as deep as the schema, which Arrow bounds
void append_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const parquet::arrow::SchemaField& child : field.children) append_leaves(child, leaves);
}

/// Owns the file while its batches are read.
class parquet_batches final : public arrow::RecordBatchReader {
 public:
  parquet_batches(file_reader file, std::unique_ptr<arrow::RecordBatchReader> batches)
      : file_(std::move(file)), batches_(std::move(batches)) {}
  [[nodiscard]] std::shared_ptr<arrow::Schema> schema() const override { return batches_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override { return batches_->ReadNext(batch); }

 private:
  file_reader file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

}  // namespace

arrow::Result<file_description> describe_parquet(const char* path) {
  ARROW_ASSIGN_OR_RAISE(const file_reader reader, open_file(path, 1, 1));
  file_description result;
  ARROW_RETURN_NOT_OK(reader->GetSchema(&result.schema));
  result.rows = reader->parquet_reader()->metadata()->num_rows();
  return result;
}

batch_reader open_parquet(const char* path, const std::vector<int>& columns, std::int64_t batch_rows) {
  ARROW_ASSIGN_OR_RAISE(file_reader reader, open_file(path, batch_rows, columns.size()));
  std::vector<int> leaves;
  for (const int column : columns)
    append_leaves(reader->manifest().schema_fields.at(static_cast<std::size_t>(column)), leaves);
  std::vector<int> groups(static_cast<std::size_t>(reader->num_row_groups()));
  for (std::size_t g = 0; g < groups.size(); ++g) groups[g] = static_cast<int>(g);
  ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader(groups, leaves));
  return std::make_shared<parquet_batches>(std::move(reader), std::move(batches));
}

}  // namespace calibrant::parquet_plugin
