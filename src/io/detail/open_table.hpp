#pragma once

#include <memory>
#include <optional>
#include <string>

#include <calibrant/io/input_options.hpp>

#include "io/detail/table_file.hpp"

namespace calibrant::io {

/// What a file of predictions or labels is, by the end of its name.
enum class file_format { npy, npz, csv, tsv, jsonl, parquet, arrow };

/// By the end of the name alone; nothing where it ends otherwise.
[[nodiscard]] std::optional<file_format> format_named(const std::string& path);

/// Throws error (missing_input) if the file is absent, (unsupported) if its name ends otherwise.
[[nodiscard]] file_format format_of(const std::string& path);

/// The columns of a file of any format but .npy.
[[nodiscard]] std::unique_ptr<table_file> open_table(const std::string& path, const input_options& options);

/// Likewise of a source of `options`, which may be in memory.
[[nodiscard]] std::unique_ptr<table_file> open_source_table(const std::string& path, const input_options& options);

}  // namespace calibrant::io
