#pragma once

// What the Parquet plugin exports: two functions with C linkage. Both return 0, or another number and the reason in
// `message` (NUL-terminated, cut to fit).

#include <cstddef>
#include <cstdint>

#include "io/detail/arrow_c_abi.hpp"

namespace calibrant::io {

/// The columns of the file and how many rows it has.
using parquet_describe = int (*)(const char* path, ArrowSchema* columns, std::int64_t* rows, char* message,
                                 std::size_t message_size);
/// The given columns (by position), batch by batch of at most `batch_rows` rows.
using parquet_open = int (*)(const char* path, const int* columns, std::size_t column_count, std::int64_t batch_rows,
                             ArrowArrayStream* rows, char* message, std::size_t message_size);

inline constexpr const char* parquet_describe_name = "calibrant_parquet_describe_1";
inline constexpr const char* parquet_open_name = "calibrant_parquet_open_1";

}  // namespace calibrant::io
