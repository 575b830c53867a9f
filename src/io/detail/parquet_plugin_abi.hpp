#pragma once

// What the plugin for Parquet and Arrow IPC exports: functions with C linkage. They return 0, or another number and the
// reason in `message` (NUL-terminated, cut to fit).

#include <cstddef>
#include <cstdint>

#include "io/detail/arrow_c_abi.hpp"

namespace calibrant::io {

/// What a file is; `ipc` is the file or the stream format.
enum class arrow_file_kind : int { parquet = 0, ipc = 1, csv = 2 };  ///< csv is written, not read

/// The columns of the file and how many rows it has, -1 if that is not known in advance. `kind` is an arrow_file_kind.
using parquet_describe = int (*)(const char* path, int kind, ArrowSchema* columns, std::int64_t* rows, char* message,
                                 std::size_t message_size);
/// The given columns (by position, ascending), batch by batch: of Parquet at most `batch_rows` rows each, of IPC the
/// batches of the file.
using parquet_open = int (*)(const char* path, int kind, const int* columns, std::size_t column_count,
                             std::int64_t batch_rows, ArrowArrayStream* rows, char* message, std::size_t message_size);

/// Gives the numbers of the next `rows` rows; not 0 if it cannot.
using parquet_next_rows = int (*)(void* context, std::int64_t rows, double* to);
/// Takes bytes of the file that is written; not 0 if it cannot.
using parquet_write_bytes = int (*)(void* context, const char* bytes, std::size_t count);
/// Writes a file again, of kind `to_kind`: its columns stay as they are but for the given ones (by position), which get
/// `width` numbers a row from `next_rows`: one each, or all in one column of lists.
using parquet_rewrite = int (*)(const char* path, int kind, int to_kind, const int* columns, std::size_t column_count,
                                std::size_t width, parquet_next_rows next_rows, parquet_write_bytes write_bytes,
                                void* context, char* message, std::size_t message_size);

inline constexpr const char* parquet_describe_name = "calibrant_parquet_describe_2";
inline constexpr const char* parquet_open_name = "calibrant_parquet_open_2";
inline constexpr const char* parquet_rewrite_name = "calibrant_parquet_rewrite_1";

}  // namespace calibrant::io
