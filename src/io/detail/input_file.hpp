#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace calibrant::io {

/// A regular file opened for reading. Reads go through pread, never through a memory map: a file that shrinks while it
/// is read gives an error, not a signal.
class input_file {
 public:
  /// Throws error (missing_input) if the file is absent, a directory or not readable.
  explicit input_file(const std::string& path);
  input_file(input_file&& other) noexcept;
  input_file& operator=(input_file&&) = delete;
  ~input_file();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Up to `bytes` bytes from `offset` on; fewer only at the end of the file. Throws error (malformed_input) if the
  /// device fails.
  std::size_t read(void* to, std::size_t bytes, std::uint64_t offset) const;
  /// Throws error (malformed_input), saying where the file ends, if fewer are there.
  void read_exactly(void* to, std::size_t bytes, std::uint64_t offset) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace calibrant::io
