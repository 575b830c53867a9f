#include <string_view>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>

#include "io/parquet_plugin/file_batches.hpp"

namespace calibrant::parquet_plugin {
namespace {

using ipc_file = std::shared_ptr<arrow::ipc::RecordBatchFileReader>;

constexpr std::string_view file_magic = "ARROW1";
constexpr std::string_view feather_1_magic = "FEA1";
constexpr std::string_view stream_start = "\xff\xff\xff\xff";  // every message begins so

enum class layout { file, stream };

arrow::Result<layout> layout_of(arrow::io::RandomAccessFile& file) {
  ARROW_ASSIGN_OR_RAISE(const auto start, file.ReadAt(0, static_cast<std::int64_t>(file_magic.size())));
  const std::string_view bytes(*start);
  if (bytes == file_magic) return layout::file;
  ARROW_RETURN_NOT_OK(file.Seek(0));  // a stream is read from where the file stands
  if (bytes.starts_with(stream_start)) return layout::stream;
  if (bytes.starts_with(feather_1_magic))
    return arrow::Status::NotImplemented("it is Feather of version 1, expected version 2");
  return arrow::Status::Invalid("its first bytes are neither those of an Arrow file nor of an Arrow stream");
}

arrow::ipc::IpcReadOptions options_for(const std::vector<int>& columns) {
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.included_fields = columns;
  options.use_threads = false;
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  return options;
}

/// Batches of a file or stream. What they hold comes from outside: a bad offset must not lead out of a buffer.
class ipc_batches final : public arrow::RecordBatchReader {
 public:
  ipc_batches(ipc_file file, std::shared_ptr<arrow::RecordBatchReader> stream, std::shared_ptr<arrow::Schema> schema)
      : file_(std::move(file)), stream_(std::move(stream)), schema_(std::move(schema)) {}

  [[nodiscard]] std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    if (stream_) {
      ARROW_RETURN_NOT_OK(stream_->ReadNext(batch));
    } else if (next_ == file_->num_record_batches()) {
      batch->reset();
    } else {
      ARROW_ASSIGN_OR_RAISE(*batch, file_->ReadRecordBatch(next_));
      ++next_;
    }
    return *batch ? (*batch)->ValidateFull() : arrow::Status::OK();
  }

 private:
  ipc_file file_;
  std::shared_ptr<arrow::RecordBatchReader> stream_;
  std::shared_ptr<arrow::Schema> schema_;
  int next_ = 0;
};

}  // namespace

arrow::Result<file_description> describe_ipc(const char* path) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const layout kind, layout_of(*file));
  if (kind == layout::stream) {
    ARROW_ASSIGN_OR_RAISE(const auto stream, arrow::ipc::RecordBatchStreamReader::Open(std::move(file)));
    return file_description{.schema = stream->schema(), .rows = -1};
  }
  ARROW_ASSIGN_OR_RAISE(const ipc_file reader, arrow::ipc::RecordBatchFileReader::Open(std::move(file)));
  ARROW_ASSIGN_OR_RAISE(const std::int64_t rows, reader->CountRows());
  return file_description{.schema = reader->schema(), .rows = rows};
}

batch_reader open_ipc(const char* path, const std::vector<int>& columns) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const layout kind, layout_of(*file));
  const arrow::ipc::IpcReadOptions options = options_for(columns);
  if (kind == layout::stream) {
    ARROW_ASSIGN_OR_RAISE(auto stream, arrow::ipc::RecordBatchStreamReader::Open(std::move(file), options));
    auto schema = stream->schema();
    return std::make_shared<ipc_batches>(nullptr, std::move(stream), std::move(schema));
  }
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchFileReader::Open(std::move(file), options));
  auto schema = reader->schema();  // of the columns that are read
  return std::make_shared<ipc_batches>(std::move(reader), nullptr, std::move(schema));
}

}  // namespace calibrant::parquet_plugin
