#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "io/detail/input_file.hpp"

namespace calibrant::io {

/// Bytes from front to back whose number is known: a file, or an unpacked member of an archive.
class byte_stream {
 public:
  byte_stream() = default;
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;
  virtual ~byte_stream() = default;

  /// What the bytes are, for messages: a path, or a path and a member.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  /// Bytes in all.
  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
  /// Bytes handed out so far.
  [[nodiscard]] virtual std::uint64_t position() const noexcept = 0;
  /// Bytes of the file that those handed out so far stand for.
  [[nodiscard]] virtual std::uint64_t bytes_of_file() const noexcept = 0;
  /// The next `bytes` bytes. Throws error (malformed_input), saying where, if fewer are there or they are damaged.
  virtual void read_exactly(void* to, std::size_t bytes) = 0;
};

/// A whole file. Throws error (missing_input).
[[nodiscard]] std::unique_ptr<byte_stream> open_file_stream(const std::string& path);

}  // namespace calibrant::io
