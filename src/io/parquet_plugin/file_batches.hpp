#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include "io/detail/parquet_plugin_abi.hpp"

namespace calibrant::parquet_plugin {

/// What a file holds, before any row is read.
struct file_description {
  std::shared_ptr<arrow::Schema> schema;
  std::int64_t rows = -1;  ///< -1: unknown without reading them
};

/// A reader of the given columns (by position) that owns its file.
using batch_reader = arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>;

[[nodiscard]] arrow::Result<file_description> describe_parquet(const char* path);
[[nodiscard]] batch_reader open_parquet(const char* path, const std::vector<int>& columns, std::int64_t batch_rows);

/// Arrow IPC, as a file (also called Feather version 2) or as a stream; batches are those of the file, every value
/// checked.
[[nodiscard]] arrow::Result<file_description> describe_ipc(const char* path);
[[nodiscard]] batch_reader open_ipc(const char* path, const std::vector<int>& columns);

/// Writes all batches again, as a file of another kind if `to_kind` says so, with `width` numbers a row from
/// `next_rows` in the place of the columns.
[[nodiscard]] arrow::Status rewrite(arrow::RecordBatchReader& batches, int to_kind, const std::vector<int>& columns,
                                    std::size_t width, io::parquet_next_rows next_rows,
                                    io::parquet_write_bytes write_bytes, void* context);

}  // namespace calibrant::parquet_plugin
