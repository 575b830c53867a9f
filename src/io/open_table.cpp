#include "io/detail/open_table.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

#include "io/detail/input_file.hpp"

namespace calibrant::io {

std::optional<file_format> format_named(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  std::string extension = dot == std::string::npos ? "" : path.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::pair<std::string_view, file_format> known[] = {
      {"npy", file_format::npy},         {"npz", file_format::npz},     {"csv", file_format::csv},
      {"tsv", file_format::tsv},         {"jsonl", file_format::jsonl}, {"ndjson", file_format::jsonl},
      {"parquet", file_format::parquet}, {"pq", file_format::parquet},  {"arrow", file_format::arrow},
      {"feather", file_format::arrow}};
  for (const auto& [name, format] : known)
    if (extension == name) return format;
  return std::nullopt;
}

file_format format_of(const std::string& path) {
  if (const std::optional<file_format> format = format_named(path)) return *format;
  const input_file exists(path);  // an absent file is the better complaint
  throw error(error_code::unsupported, fmt::format("{}: files of this kind are not read, expected .npy, .npz, .csv, "
                                                   ".tsv, .jsonl, .ndjson, .parquet, .pq, .arrow or .feather",
                                                   path));
}

std::unique_ptr<table_file> open_table(const std::string& path, const input_options& options) {
  switch (format_of(path)) {
    case file_format::npz:
      return open_npz(path);
    case file_format::csv:
      return open_csv(path, ',');
    case file_format::tsv:
      return open_csv(path, '\t');
    case file_format::jsonl:
      return open_jsonl(path, options.kind);
    case file_format::parquet:
      return open_parquet(path);
    case file_format::arrow:
      return open_arrow(path);
    case file_format::npy:
      break;
  }
  throw error(error_code::internal, fmt::format("{}: is no table", path));
}

std::unique_ptr<table_file> open_source_table(const std::string& path, const input_options& options) {
  return options.table ? open_arrow_table(path, options.table) : open_table(path, options);
}

}  // namespace calibrant::io
