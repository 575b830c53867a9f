#pragma once

#include <string>

#include "io/detail/parquet_plugin_abi.hpp"

namespace calibrant::io {

/// The loaded plugin.
struct parquet_library {
  parquet_describe describe;
  parquet_open open;
  parquet_rewrite rewrite;
};

/// Loads the plugin once per process. Throws error (unsupported), saying for the file `path` what the loader said and
/// what to install.
[[nodiscard]] const parquet_library& load_parquet_library(const std::string& path);

}  // namespace calibrant::io
