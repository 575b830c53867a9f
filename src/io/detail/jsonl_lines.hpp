#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/detail/input_file.hpp"

namespace calibrant::io {

/// The lines of a file of JSON values, one a line. Lines end with LF or CRLF, the last one may end with the file; lines
/// of blanks alone may stand at the end only. A byte order mark of UTF-8 is skipped. Memory: the longest line, at least
/// 1 MiB (a smaller file: its size).
class jsonl_lines {
 public:
  explicit jsonl_lines(const std::string& path);

  /// The next line, without its end, valid until the next call; false at the end. Behind it are `padding` bytes that
  /// may be read. Throws error (malformed_input) on a blank line before others and on one over 64 MiB.
  bool next(std::string_view& line);

  static constexpr std::size_t padding = 64;

  /// Number of the last line, counted from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
  /// Offset behind the last line.
  [[nodiscard]] std::uint64_t offset() const noexcept { return read_ - (end_ - begin_); }
  [[nodiscard]] const input_file& file() const noexcept { return file_; }

 private:
  bool next_any(std::string_view& line);
  bool fill();

  input_file file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;   ///< of the next line in the buffer
  std::size_t end_ = 0;     ///< of the bytes in the buffer
  std::uint64_t read_ = 0;  ///< bytes of the file that went into the buffer
  bool ended_ = false;      ///< the file has no more
  std::uint64_t line_ = 0;
};

}  // namespace calibrant::io
