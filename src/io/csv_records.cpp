#include "io/detail/csv_records.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

namespace calibrant::io {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 20;            // bytes read at a time
constexpr std::size_t longest_record = std::size_t{64} << 20;  // bytes

const char* find_byte(const char* from, char byte, std::size_t length) noexcept {
  return static_cast<const char*>(std::memchr(from, byte, length));
}

}  // namespace

// One byte more than a small file has, so that the first read meets its end.
csv_records::csv_records(const std::string& path, char separator)
    : file_(path),
      separator_(separator),
      buffer_(static_cast<std::size_t>(std::min<std::uint64_t>(chunk, file_.size() + 1))) {
  fill();
  if (std::string_view(buffer_.data(), end_).starts_with("\xEF\xBB\xBF")) begin_ = 3;
}

bool csv_records::fill() {
  if (ended_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (end_ >= longest_record)
      fail(0, fmt::format("the record goes on for more than {} MiB; a quote may be left open", longest_record >> 20));
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t got = file_.read(buffer_.data() + end_, buffer_.size() - end_, read_);
  if (const char* nul = find_byte(buffer_.data() + end_, '\0', got))
    throw error(error_code::malformed_input,
                fmt::format("{}: byte {} is NUL, expected text in UTF-8; save the table as UTF-8 CSV", file_.path(),
                            read_ + static_cast<std::uint64_t>(nul - buffer_.data()) - end_));
  ended_ = got < buffer_.size() - end_;
  end_ += got;
  read_ += got;
  return got > 0;
}

csv_records::extent csv_records::find_record() {
  std::size_t scanned = 0;  // bytes of the record that are known to hold no end
  bool quoted = false;
  bool inside = false;
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const std::size_t available = end_ - begin_;
    while (scanned < available) {
      const char* const line_end = find_byte(start + scanned, '\n', available - scanned);
      const std::size_t stop = line_end != nullptr ? static_cast<std::size_t>(line_end - start) : available;
      for (const char* q = start + scanned;
           (q = find_byte(q, '"', static_cast<std::size_t>(start + stop - q))) != nullptr; ++q) {
        quoted = true;
        inside = !inside;
      }
      scanned = stop;
      if (line_end == nullptr) break;
      if (!inside) {
        const std::size_t length = stop > 0 && start[stop - 1] == '\r' ? stop - 1 : stop;
        return {length, stop + 1, quoted};
      }
      ++scanned;
    }
    if (!fill()) {
      const std::size_t rest = end_ - begin_;
      const bool carriage_return = rest > 0 && !inside && buffer_[end_ - 1] == '\r';
      return {carriage_return ? rest - 1 : rest, rest, quoted};
    }
  }
}

bool csv_records::next(std::vector<std::string_view>& cells) {
  cells.clear();
  if (begin_ == end_ && !fill()) return false;
  line_ = next_line_;
  const extent record = find_record();
  if (record.quoted) {
    next_line_ +=
        static_cast<std::uint64_t>(std::count(buffer_.data() + begin_, buffer_.data() + begin_ + record.step, '\n'));
    split_quoted(record.length, cells);
  } else {
    ++next_line_;
    const char* cell = buffer_.data() + begin_;
    const char* const end = cell + record.length;
    for (const char* p = cell; p != end; ++p) {
      if (*p != separator_) continue;
      cells.emplace_back(cell, static_cast<std::size_t>(p - cell));
      cell = p + 1;
    }
    cells.emplace_back(cell, static_cast<std::size_t>(end - cell));
  }
  begin_ += record.step;
  return true;
}

void csv_records::split_quoted(std::size_t length, std::vector<std::string_view>& cells) {
  char* const record = buffer_.data() + begin_;
  std::size_t i = 0;
  for (;;) {
    std::size_t cell = i;
    std::size_t cell_end;
    if (i < length && record[i] == '"') {
      const std::size_t opening = i;
      cell = cell_end = ++i;
      for (;; ++i) {
        if (i == length) fail(opening, "the quote is never closed");
        if (record[i] == '"') {
          if (i + 1 == length || record[i + 1] != '"') break;
          ++i;
        }
        record[cell_end++] = record[i];  // "" becomes one quote in place
      }
      ++i;
      if (i < length && record[i] != separator_)
        fail(i, fmt::format("'{}' follows a closing quote, expected the separator or the end of the line", record[i]));
    } else {
      for (; i < length && record[i] != separator_; ++i)
        if (record[i] == '"')
          fail(i, "a quote stands inside a cell without quotes; put the cell in quotes and double the quote");
      cell_end = i;
    }
    cells.emplace_back(record + cell, cell_end - cell);
    if (i >= length) return;
    ++i;
  }
}

void csv_records::fail(std::size_t position, const std::string& reason) const {
  const char* const record = buffer_.data() + begin_;
  throw error(error_code::malformed_input,
              fmt::format("{}: line {} (byte {}): {}", file_.path(),
                          line_ + static_cast<std::uint64_t>(std::count(record, record + position, '\n')),
                          read_ - (end_ - begin_) + position, reason));
}

}  // namespace calibrant::io
