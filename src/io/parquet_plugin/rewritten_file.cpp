#include <memory>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/csv/writer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>

#include "io/parquet_plugin/file_batches.hpp"

namespace calibrant::parquet_plugin {
namespace {

/// Hands the bytes of a file out as they come.
class byte_sink final : public arrow::io::OutputStream {
 public:
  byte_sink(io::parquet_write_bytes write, void* context) : write_(write), context_(context) {}
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  [[nodiscard]] bool closed() const override { return closed_; }
  [[nodiscard]] arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Write(const void* data, std::int64_t count) override {
    position_ += count;
    return write_(context_, static_cast<const char*>(data), static_cast<std::size_t>(count)) == 0
               ? arrow::Status::OK()
               : arrow::Status::IOError("writing was refused");
  }

 private:
  io::parquet_write_bytes write_;
  void* context_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

/// float16 holds a probability badly, so it becomes float32.
std::shared_ptr<arrow::DataType> number_type(const arrow::DataType& type) {
  return type.id() == arrow::Type::DOUBLE ? arrow::float64() : arrow::float32();
}

std::shared_ptr<arrow::DataType> list_type(const arrow::DataType& type, std::size_t width) {
  const std::shared_ptr<arrow::DataType> item = number_type(*type.field(0)->type());
  if (type.id() == arrow::Type::FIXED_SIZE_LIST) return arrow::fixed_size_list(item, static_cast<std::int32_t>(width));
  if (type.id() == arrow::Type::LARGE_LIST) return arrow::large_list(item);
  return arrow::list(item);
}

/// `count` numbers, `step` apart.
arrow::Result<std::shared_ptr<arrow::Array>> numbers(const arrow::DataType& type, const double* from,
                                                     std::int64_t count, std::size_t step) {
  const auto build = [&](auto builder) -> arrow::Result<std::shared_ptr<arrow::Array>> {
    using number = typename decltype(builder)::value_type;
    ARROW_RETURN_NOT_OK(builder.Reserve(count));
    for (std::int64_t i = 0; i < count; ++i)
      builder.UnsafeAppend(static_cast<number>(from[static_cast<std::size_t>(i) * step]));
    return builder.Finish();
  };
  if (type.id() == arrow::Type::DOUBLE) return build(arrow::DoubleBuilder());
  return build(arrow::FloatBuilder());
}

arrow::Result<std::shared_ptr<arrow::Array>> lists(const std::shared_ptr<arrow::DataType>& type, const double* from,
                                                   std::int64_t rows, std::size_t width) {
  const auto items = static_cast<std::int64_t>(width) * rows;
  ARROW_ASSIGN_OR_RAISE(auto values, numbers(*type->field(0)->type(), from, items, 1));
  if (type->id() == arrow::Type::FIXED_SIZE_LIST) return arrow::FixedSizeListArray::FromArrays(values, type);
  const auto offsets = [&](auto builder) -> arrow::Result<std::shared_ptr<arrow::Array>> {
    using offset = typename decltype(builder)::value_type;
    for (std::int64_t i = 0; i <= rows; ++i)
      ARROW_RETURN_NOT_OK(builder.Append(static_cast<offset>(i * static_cast<std::int64_t>(width))));
    return builder.Finish();
  };
  if (type->id() == arrow::Type::LARGE_LIST) {
    ARROW_ASSIGN_OR_RAISE(const auto ends, offsets(arrow::Int64Builder()));
    return arrow::LargeListArray::FromArrays(type, *ends, *values);
  }
  ARROW_ASSIGN_OR_RAISE(const auto ends, offsets(arrow::Int32Builder()));
  return arrow::ListArray::FromArrays(type, *ends, *values);
}

/// What writes record batches in one of the formats.
struct batch_writer {
  std::unique_ptr<parquet::arrow::FileWriter> parquet;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> other;

  arrow::Status write(const arrow::RecordBatch& batch) const {
    return parquet ? parquet->WriteRecordBatch(batch) : other->WriteRecordBatch(batch);
  }
  arrow::Status close() const { return parquet ? parquet->Close() : other->Close(); }
};

arrow::Result<batch_writer> open_writer(int kind, const std::shared_ptr<arrow::Schema>& schema,
                                        const std::shared_ptr<byte_sink>& sink) {
  batch_writer writer;
  if (kind == static_cast<int>(io::arrow_file_kind::parquet)) {
    ARROW_ASSIGN_OR_RAISE(writer.parquet,
                          parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), sink));
  } else if (kind == static_cast<int>(io::arrow_file_kind::csv)) {
    arrow::csv::WriteOptions options = arrow::csv::WriteOptions::Defaults();
    options.quoting_style = arrow::csv::QuotingStyle::Needed;
    options.quoting_header = arrow::csv::QuotingStyle::Needed;
    ARROW_ASSIGN_OR_RAISE(writer.other, arrow::csv::MakeCSVWriter(sink, schema, options));
  } else {
    ARROW_ASSIGN_OR_RAISE(writer.other, arrow::ipc::MakeFileWriter(sink, schema));
  }
  return writer;
}

}  // namespace

arrow::Status rewrite(arrow::RecordBatchReader& batches, int to_kind, const std::vector<int>& columns,
                      std::size_t width, io::parquet_next_rows next_rows, io::parquet_write_bytes write_bytes,
                      void* context) {
  const std::shared_ptr<arrow::Schema> given = batches.schema();
  const bool is_list = columns.size() == 1 && given->field(columns.front())->type()->num_fields() == 1;
  std::shared_ptr<arrow::Schema> schema = given;
  for (const int column : columns) {
    const std::shared_ptr<arrow::Field> field = given->field(column);
    const auto type = is_list ? list_type(*field->type(), width) : number_type(*field->type());
    ARROW_ASSIGN_OR_RAISE(schema, schema->SetField(column, field->WithType(type)));
  }
  const auto sink = std::make_shared<byte_sink>(write_bytes, context);
  ARROW_ASSIGN_OR_RAISE(const batch_writer writer, open_writer(to_kind, schema, sink));
  std::vector<double> p;
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches.ReadNext(&batch));
    if (!batch) break;
    const std::int64_t rows = batch->num_rows();
    p.resize(static_cast<std::size_t>(rows) * width);
    if (rows > 0 && next_rows(context, rows, p.data()) != 0) return arrow::Status::IOError("no more rows were given");
    std::vector<std::shared_ptr<arrow::Array>> arrays = batch->columns();
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const int column = columns[k];
      const std::shared_ptr<arrow::DataType>& type = schema->field(column)->type();
      ARROW_ASSIGN_OR_RAISE(arrays[static_cast<std::size_t>(column)],
                            is_list ? lists(type, p.data(), rows, width) : numbers(*type, p.data() + k, rows, width));
    }
    ARROW_RETURN_NOT_OK(writer.write(*arrow::RecordBatch::Make(schema, rows, std::move(arrays))));
  }
  return writer.close();
}

}  // namespace calibrant::parquet_plugin
