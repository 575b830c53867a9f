// These sources alone see Arrow C++ (docs/decisions/0002-parquet-plugin.md). They speak the Arrow C interfaces
// outwards.

#include <algorithm>
#include <cstring>
#include <exception>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <arrow/c/bridge.h>

#include "io/detail/parquet_plugin_abi.hpp"
#include "io/parquet_plugin/file_batches.hpp"

namespace {

using calibrant::io::arrow_file_kind;
namespace plugin = calibrant::parquet_plugin;

arrow::Status describe(const char* path, int kind, ArrowSchema* columns, std::int64_t* rows) {
  const bool ipc = kind == static_cast<int>(arrow_file_kind::ipc);
  ARROW_ASSIGN_OR_RAISE(const auto file, ipc ? plugin::describe_ipc(path) : plugin::describe_parquet(path));
  *rows = file.rows;
  return arrow::ExportSchema(*file.schema, columns);
}

arrow::Status open_rows(const char* path, int kind, const std::vector<int>& columns, std::int64_t batch_rows,
                        ArrowArrayStream* rows) {
  const bool ipc = kind == static_cast<int>(arrow_file_kind::ipc);
  ARROW_ASSIGN_OR_RAISE(auto batches,
                        ipc ? plugin::open_ipc(path, columns) : plugin::open_parquet(path, columns, batch_rows));
  return arrow::ExportRecordBatchReader(std::move(batches), rows);
}

arrow::Status rewrite_rows(const char* path, int kind, int to_kind, const std::vector<int>& columns, std::size_t width,
                           calibrant::io::parquet_next_rows next_rows, calibrant::io::parquet_write_bytes write_bytes,
                           void* context) {
  constexpr std::int64_t batch_rows = 8192;
  const bool ipc = kind == static_cast<int>(arrow_file_kind::ipc);
  ARROW_ASSIGN_OR_RAISE(const auto file, ipc ? plugin::describe_ipc(path) : plugin::describe_parquet(path));
  std::vector<int> all(static_cast<std::size_t>(file.schema->num_fields()));
  std::iota(all.begin(), all.end(), 0);
  ARROW_ASSIGN_OR_RAISE(const auto batches,
                        ipc ? plugin::open_ipc(path, all) : plugin::open_parquet(path, all, batch_rows));
  return plugin::rewrite(*batches, to_kind, columns, width, next_rows, write_bytes, context);
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

__attribute__((visibility("default"))) int calibrant_parquet_describe_2(const char* path, int kind,
                                                                        ArrowSchema* columns, std::int64_t* rows,
                                                                        char* message, std::size_t message_size) {
  return guarded([&] { return describe(path, kind, columns, rows); }, message, message_size);
}

__attribute__((visibility("default"))) int calibrant_parquet_open_2(const char* path, int kind, const int* columns,
                                                                    std::size_t column_count, std::int64_t batch_rows,
                                                                    ArrowArrayStream* rows, char* message,
                                                                    std::size_t message_size) {
  return guarded(
      [&] { return open_rows(path, kind, std::vector<int>(columns, columns + column_count), batch_rows, rows); },
      message, message_size);
}

__attribute__((visibility("default"))) int calibrant_parquet_rewrite_1(
    const char* path, int kind, int to_kind, const int* columns, std::size_t column_count, std::size_t width,
    calibrant::io::parquet_next_rows next_rows, calibrant::io::parquet_write_bytes write_bytes, void* context,
    char* message, std::size_t message_size) {
  return guarded(
      [&] {
        return rewrite_rows(path, kind, to_kind, std::vector<int>(columns, columns + column_count), width, next_rows,
                            write_bytes, context);
      },
      message, message_size);
}
}
