#pragma once

// What the plugin for Parquet and Arrow IPC exports: two functions with C linkage. Both return 0, or another number and
// the reason in `message` (NUL-terminated, cut to fit).

#include <cstddef>
#include <cstdint>

#include "io/detail/arrow_c_abi.hpp"

namespace calibrant::io {

/// What a file is; `ipc` is the file or the stream format.
enum class arrow_file_kind : int { parquet = 0, ipc = 1 };

/// The columns of the file and how many rows it has, -1 if that is not known in advance. `kind` is an arrow_file_kind.
using parquet_describe = int (*)(const char* path, int kind, ArrowSchema* columns, std::int64_t* rows, char* message,
                                 std::size_t message_size);
/// The given columns (by position, ascending), batch by batch: of Parquet at most `batch_rows` rows each, of IPC the
/// batches of the file.
using parquet_open = int (*)(const char* path, int kind, const int* columns, std::size_t column_count,
                             std::int64_t batch_rows, ArrowArrayStream* rows, char* message, std::size_t message_size);

inline constexpr const char* parquet_describe_name = "calibrant_parquet_describe_2";
inline constexpr const char* parquet_open_name = "calibrant_parquet_open_2";

}  // namespace calibrant::io
