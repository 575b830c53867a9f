#pragma once

#include <string>
#include <vector>

namespace calibrant {

/// Folders in which the plugin for Parquet and Arrow (libcalibrant_parquet.so) is looked for, in order. Faces set them
/// once, before anything is read.
void set_plugin_directories(std::vector<std::string> directories);

/// "available" or why Parquet and Arrow files cannot be read, for people.
[[nodiscard]] std::string parquet_plugin_status();

}  // namespace calibrant
