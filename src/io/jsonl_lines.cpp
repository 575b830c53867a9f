#include "io/detail/jsonl_lines.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

namespace calibrant::io {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 20;          // bytes read at a time
constexpr std::size_t longest_line = std::size_t{64} << 20;  // bytes

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

// One byte more than a small file has, so that the first read meets its end.
jsonl_lines::jsonl_lines(const std::string& path)
    : file_(path), buffer_(static_cast<std::size_t>(std::min<std::uint64_t>(chunk, file_.size() + 1)) + padding) {
  fill();
  if (std::string_view(buffer_.data(), end_).starts_with("\xEF\xBB\xBF")) begin_ = 3;
}

bool jsonl_lines::fill() {
  if (ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  std::size_t room = buffer_.size() - padding;
  if (end_ == room) {
    if (end_ >= longest_line)
      throw error(error_code::malformed_input,
                  fmt::format("{}: line {} goes on for more than {} MiB, expected one JSON value per line",
                              file_.path(), line_ + 1, longest_line >> 20));
    room *= 2;
    buffer_.resize(room + padding);
  }
  const std::size_t got = file_.read(buffer_.data() + end_, room - end_, read_);
  ended_ = got < room - end_;
  end_ += got;
  read_ += got;
  return got > 0;
}

bool jsonl_lines::next_any(std::string_view& line) {
  if (begin_ == end_ && !fill()) return false;
  std::size_t scanned = 0;
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const std::size_t available = end_ - begin_;
    const void* const found = std::memchr(start + scanned, '\n', available - scanned);
    const bool complete = found != nullptr;
    scanned = complete ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : available;
    if (!complete && fill()) continue;
    line = std::string_view(buffer_.data() + begin_, scanned);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ += scanned + (complete ? 1 : 0);
    ++line_;
    return true;
  }
}

bool jsonl_lines::next(std::string_view& line) {
  if (!next_any(line)) return false;
  if (!is_blank(line)) return true;
  const std::uint64_t blank = line_;
  do {
    if (!next_any(line)) return false;
  } while (is_blank(line));
  throw error(error_code::malformed_input,
              fmt::format("{}: line {} is empty, expected a JSON value; remove the empty line", file_.path(), blank));
}

}  // namespace calibrant::io
