// The only source that sees Arrow C++ (docs/decisions/0002-parquet-plugin.md). Speaks the Arrow C interfaces outwards.

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/properties.h>

#include "io/detail/parquet_plugin_abi.hpp"

namespace {

/// Reading through a buffer of this size keeps memory independent of the size of row groups.
constexpr std::int64_t buffer_bytes = 1 << 20;

arrow::Status open_file(const char* path, std::int64_t batch_rows,
                        std::unique_ptr<parquet::arrow::FileReader>& reader) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  parquet::ReaderProperties storage;
  storage.enable_buffered_stream();
  storage.set_buffer_size(buffer_bytes);
  parquet::ArrowReaderProperties conversion(false);
  conversion.set_batch_size(batch_rows);
  conversion.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::move(file), storage));
  ARROW_ASSIGN_OR_RAISE(reader, builder.properties(conversion)->Build());
  return arrow::Status::OK();
}

arrow::Status describe(const char* path, ArrowSchema* columns, std::int64_t* rows) {
  std::unique_ptr<parquet::arrow::FileReader> reader;
  ARROW_RETURN_NOT_OK(open_file(path, 1, reader));
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
  *rows = reader->parquet_reader()->metadata()->num_rows();
  return arrow::ExportSchema(*schema, columns);
}

/// Owns the file while a stream of its batches lives.
class file_batches final : public arrow::RecordBatchReader {
 public:
  file_batches(std::unique_ptr<parquet::arrow::FileReader> file, std::unique_ptr<arrow::RecordBatchReader> batches)
      : file_(std::move(file)), batches_(std::move(batches)) {}
  [[nodiscard]] std::shared_ptr<arrow::Schema> schema() const override { return batches_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override { return batches_->ReadNext(batch); }

 private:
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

arrow::Status open_rows(const char* path, const int* columns, std::size_t column_count, std::int64_t batch_rows,
                        ArrowArrayStream* rows) {
  std::unique_ptr<parquet::arrow::FileReader> reader;
  ARROW_RETURN_NOT_OK(open_file(path, batch_rows, reader));
  std::vector<int> leaves;
  for (std::size_t i = 0; i < column_count; ++i) {
    const parquet::arrow::SchemaField& field =
        reader->manifest().schema_fields.at(static_cast<std::size_t>(columns[i]));
    if (!field.is_leaf()) return arrow::Status::NotImplemented("column \"", field.field->name(), "\" is nested");
    leaves.push_back(field.column_index);
  }
  std::vector<int> groups(static_cast<std::size_t>(reader->num_row_groups()));
  for (std::size_t g = 0; g < groups.size(); ++g) groups[g] = static_cast<int>(g);
  ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader(groups, leaves));
  return arrow::ExportRecordBatchReader(std::make_shared<file_batches>(std::move(reader), std::move(batches)), rows);
}

int report(const std::string& reason, char* message, std::size_t message_size) {
  const std::size_t length = std::min(reason.size(), message_size - 1);
  std::memcpy(message, reason.data(), length);
  message[length] = '\0';
  return 1;
}

/// Nothing may leave through C linkage but a number.
template <class Work>
int guarded(Work&& work, char* message, std::size_t message_size) noexcept {
  try {
    const arrow::Status status = work();
    return status.ok() ? 0 : report(status.message(), message, message_size);
  } catch (const std::exception& problem) {
    return report(problem.what(), message, message_size);
  } catch (...) {
    return report("unknown failure", message, message_size);
  }
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int calibrant_parquet_describe_1(const char* path, ArrowSchema* columns,
                                                                        std::int64_t* rows, char* message,
                                                                        std::size_t message_size) {
  return guarded([&] { return describe(path, columns, rows); }, message, message_size);
}

__attribute__((visibility("default"))) int calibrant_parquet_open_1(const char* path, const int* columns,
                                                                    std::size_t column_count, std::int64_t batch_rows,
                                                                    ArrowArrayStream* rows, char* message,
                                                                    std::size_t message_size) {
  return guarded([&] { return open_rows(path, columns, column_count, batch_rows, rows); }, message, message_size);
}
}
