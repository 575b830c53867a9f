#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/detail/input_file.hpp"

namespace calibrant::io {

/// The records of a file of separated values by RFC 4180, strictly: a cell is bare or wholly in quotes; inside quotes,
/// separators and line breaks are text and "" is a quote; outside, a quote is an error. Lines end with LF or CRLF, the
/// last one may end with the file. A byte order mark of UTF-8 is skipped; a NUL byte (UTF-16, binary data) is an error,
/// as is a record over 64 MiB. Memory: the longest record, at least 1 MiB (a smaller file: its size).
class csv_records {
 public:
  csv_records(const std::string& path, char separator);

  /// Splits the next record into `cells`, which are valid until the next call; false at the end. A line without any
  /// character is one empty cell. Throws error (malformed_input) with line and byte offset.
  bool next(std::vector<std::string_view>& cells);

  /// Line on which the last record begins, counted from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
  /// Offset behind the last record.
  [[nodiscard]] std::uint64_t offset() const noexcept { return read_ - (end_ - begin_); }
  [[nodiscard]] const input_file& file() const noexcept { return file_; }

 private:
  bool fill();
  /// Length of the record at `begin_` without its line end, and how far the next one is; reads more as needed.
  struct extent {
    std::size_t length = 0;
    std::size_t step = 0;
    bool quoted = false;
  };
  extent find_record();
  void split_quoted(std::size_t length, std::vector<std::string_view>& cells);
  [[noreturn]] void fail(std::size_t position, const std::string& reason) const;

  input_file file_;
  char separator_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;   ///< of the next record in the buffer
  std::size_t end_ = 0;     ///< of the bytes in the buffer
  std::uint64_t read_ = 0;  ///< bytes of the file that went into the buffer
  bool ended_ = false;      ///< the file has no more
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 1;
};

}  // namespace calibrant::io
